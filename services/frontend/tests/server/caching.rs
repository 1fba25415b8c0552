//! How long clients keep files, and in which encoding they get them.

use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use http::{Method, StatusCode};

use crate::sample::{SCRIPT, bytes, fetch, get, header};

#[tokio::test]
async fn only_files_with_a_hash_in_their_name_are_kept_for_ever() {
    let for_ever = "public, max-age=31536000, immutable";
    assert_eq!(header(&get(SCRIPT).await, CACHE_CONTROL), for_ever);
    assert_eq!(
        header(&get("/assets/font-77aa.woff2").await, CACHE_CONTROL),
        for_ever
    );
    assert_eq!(
        header(&get("/favicon.svg").await, CACHE_CONTROL),
        "public, max-age=3600"
    );
    assert_eq!(header(&get("/").await, CACHE_CONTROL), "no-cache");
}

#[tokio::test]
async fn the_client_gets_the_smallest_encoding_it_accepts() {
    for (accepted, encoding, content) in [
        (
            "gzip, deflate, br, zstd",
            "br",
            b"script by brotli".as_slice(),
        ),
        ("gzip, deflate", "gzip", b"script by gzip"),
        ("identity", "", b"script"),
    ] {
        let response = fetch(Method::GET, SCRIPT, &[(ACCEPT_ENCODING, accepted)]).await;
        assert_eq!(header(&response, CONTENT_ENCODING), encoding);
        assert_eq!(header(&response, VARY), "accept-encoding");
        assert_eq!(bytes(response).await, content);
    }
}

#[tokio::test]
async fn what_has_one_encoding_does_not_vary() {
    let response = fetch(Method::GET, "/favicon.svg", &[(ACCEPT_ENCODING, "br")]).await;
    assert_eq!(header(&response, CONTENT_ENCODING), "");
    assert_eq!(header(&response, VARY), "");
}

#[tokio::test]
async fn encodings_have_tags_of_their_own() {
    let tag = async |accepted| {
        let response = fetch(Method::GET, SCRIPT, &[(ACCEPT_ENCODING, accepted)]).await;
        header(&response, ETAG).to_owned()
    };
    let tags = [tag("br").await, tag("gzip").await, tag("identity").await];
    assert_eq!(
        tags,
        [r#""0a1b-br""#, r#""0a1b-gzip""#, r#""0a1b-identity""#]
    );
}

#[tokio::test]
async fn a_known_page_is_not_sent_again() {
    let first = get("/").await;
    let tag = header(&first, ETAG).to_owned();
    let weak = format!("W/{tag}");
    let listed = format!(r#""other", {tag}"#);
    for known in [tag.as_str(), &weak, &listed, "*"] {
        for path in ["/", "/cart"] {
            let response = fetch(Method::GET, path, &[(IF_NONE_MATCH, known)]).await;
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(header(&response, ETAG), tag);
            assert_eq!(header(&response, CACHE_CONTROL), "no-cache");
            assert_eq!(header(&response, CONTENT_TYPE), "");
            assert!(bytes(response).await.is_empty());
        }
    }
}

#[tokio::test]
async fn another_page_or_encoding_is_sent() {
    for known in [r#""other""#, "0a1b-identity", r#""0a1b-br""#, ""] {
        let response = fetch(Method::GET, "/", &[(IF_NONE_MATCH, known)]).await;
        assert_eq!(response.status(), StatusCode::OK, "{known}");
    }
}
