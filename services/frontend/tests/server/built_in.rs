//! The storefront that is built into the program. These tests need `npm run build` to have run before.

use std::io::Read;

use frontend::{Asset, EMBEDDED};
use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE};
use http::{Method, StatusCode};

use crate::sample::{answer, bytes, header};

/// The budget for compressed JavaScript, in bytes.
const SCRIPT_BUDGET: usize = 120 * 1024;

fn asset(path: &str) -> &'static Asset {
    let found = EMBEDDED.iter().find(|asset| asset.path == path);
    found.unwrap_or_else(|| {
        panic!("there is no {path}: type `npm run build --prefix services/frontend/ui`")
    })
}

fn page() -> &'static str {
    std::str::from_utf8(asset("index.html").plain).unwrap()
}

/// The values of an attribute in the page.
fn attributes(name: &str) -> Vec<&'static str> {
    let start = format!("{name}=\"");
    page()
        .split(start.as_str())
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

#[tokio::test]
async fn what_the_page_names_is_served() {
    let named: Vec<_> = attributes("src")
        .into_iter()
        .chain(attributes("href"))
        .collect();
    assert!(
        named.iter().any(|path| path.starts_with("/assets/")),
        "{named:?}"
    );
    for path in named {
        let headers = [(ACCEPT_ENCODING, "br")];
        let response = answer(frontend::routes(EMBEDDED), Method::GET, path, &headers).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_ne!(
            header(&response, CONTENT_TYPE),
            "text/html; charset=utf-8",
            "{path}"
        );
        if path.starts_with("/assets/") {
            assert!(
                header(&response, CACHE_CONTROL).ends_with("immutable"),
                "{path}"
            );
            assert_eq!(header(&response, CONTENT_ENCODING), "br", "{path}");
            assert!(!bytes(response).await.is_empty(), "{path}");
        }
    }
}

#[test]
fn the_page_obeys_the_content_security_policy() {
    let page = page();
    for tag in page.split("<script").skip(1) {
        let attributes = tag.split('>').next().unwrap();
        assert!(
            attributes.contains("src=\"/"),
            "an inline or foreign script: <script{attributes}>"
        );
    }
    for inline in [
        "<style",
        " style=",
        " onload=",
        " onerror=",
        " onclick=",
        "javascript:",
        "//cdn",
        "https://",
    ] {
        assert!(!page.contains(inline), "{inline} in {page}");
    }
}

#[test]
fn variants_unpack_to_the_content() {
    assert!(!EMBEDDED.is_empty());
    for asset in EMBEDDED {
        if let Some(mut compressed) = asset.brotli {
            let mut content = Vec::new();
            brotli::BrotliDecompress(&mut compressed, &mut content).unwrap();
            assert!(content == asset.plain, "{}", asset.path);
        }
        if let Some(compressed) = asset.gzip {
            let mut content = Vec::new();
            flate2::read::GzDecoder::new(compressed)
                .read_to_end(&mut content)
                .unwrap();
            assert!(content == asset.plain, "{}", asset.path);
        }
    }
}

#[test]
fn scripts_stay_within_their_budget() {
    let scripts = EMBEDDED
        .iter()
        .filter(|asset| asset.content_type.starts_with("text/javascript"));
    let size: usize = scripts
        .map(|asset| asset.brotli.unwrap_or(asset.plain).len())
        .sum();
    assert!(
        (1..=SCRIPT_BUDGET).contains(&size),
        "{size} bytes of compressed JavaScript"
    );
}
