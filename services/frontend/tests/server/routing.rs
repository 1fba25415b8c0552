//! Pages, files, and what is neither.

use http::header::{ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderName, Method, StatusCode};

use crate::sample::{SCRIPT, answer, bytes, fetch, get, header};

#[tokio::test]
async fn files_are_served_with_their_type() {
    for (path, kind, content) in [
        ("/favicon.svg", "image/svg+xml", b"icon".as_slice()),
        ("/assets/font-77aa.woff2", "font/woff2", b"font"),
        (SCRIPT, "text/javascript; charset=utf-8", b"script"),
        ("/", "text/html; charset=utf-8", b"<!doctype html>"),
        (
            "/index.html",
            "text/html; charset=utf-8",
            b"<!doctype html>",
        ),
    ] {
        let response = get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(header(&response, CONTENT_TYPE), kind, "{path}");
        assert_eq!(bytes(response).await, content, "{path}");
    }
}

#[tokio::test]
async fn paths_of_the_storefront_get_the_page() {
    let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
    for path in [
        "/cart",
        "/products/7",
        "/categories/kitchen",
        "/orders/x/",
        "/search?q=a.b",
        "/caf%C3%A9",
    ] {
        for headers in [vec![], vec![(ACCEPT, browser)], vec![(ACCEPT, "*/*")]] {
            let response = fetch(Method::GET, path, &headers).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(header(&response, CACHE_CONTROL), "no-cache", "{path}");
            assert_eq!(bytes(response).await, b"<!doctype html>", "{path}");
        }
    }
}

#[tokio::test]
async fn missing_files_and_the_api_are_not_found_and_not_kept() {
    let missing = [
        "/assets/index-old.js",
        "/assets/old",
        "/robots.txt",
        "/.env",
        "/a/b.php",
        "/api",
        "/api/products",
    ];
    for path in missing {
        let response = get(path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(
            header(&response, CONTENT_TYPE),
            "application/problem+json",
            "{path}"
        );
        assert_eq!(header(&response, CACHE_CONTROL), "no-store", "{path}");
    }
}

#[tokio::test]
async fn paths_cannot_climb_or_repeat() {
    for path in [
        "/../Cargo.toml",
        "/assets/../../etc/passwd.txt",
        "/assets/..%2findex.html",
        "/assets//index-4f2a.js",
    ] {
        assert_eq!(get(path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_program_that_wants_data_gets_no_page() {
    let response = fetch(Method::GET, "/cart", &[(ACCEPT, "application/json")]).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    for path in ["/", "/cart", SCRIPT] {
        let (head, get) = (fetch(Method::HEAD, path, &[]).await, get(path).await);
        assert_eq!(head.status(), StatusCode::OK, "{path}");
        assert_eq!(head.headers(), get.headers(), "{path}");
        let length = bytes(get).await.len().to_string();
        assert_eq!(header(&head, CONTENT_LENGTH), length, "{path}");
        assert!(bytes(head).await.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn other_methods_are_not_allowed() {
    for method in [
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::OPTIONS,
    ] {
        for path in ["/", "/cart", SCRIPT, "/missing.js"] {
            let response = fetch(method.clone(), path, &[]).await;
            assert_eq!(
                response.status(),
                StatusCode::METHOD_NOT_ALLOWED,
                "{method} {path}"
            );
            assert_eq!(header(&response, ALLOW), "GET,HEAD", "{method} {path}");
        }
    }
}

#[tokio::test]
async fn every_response_tells_browsers_what_not_to_do() {
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, SCRIPT),
        (Method::GET, "/missing.js"),
        (Method::POST, "/"),
    ] {
        let response = fetch(method, path, &[]).await;
        let policy = header(
            &response,
            HeaderName::from_static("content-security-policy"),
        )
        .to_owned();
        assert_eq!(policy, frontend::CONTENT_SECURITY_POLICY, "{path}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(
                header(&response, HeaderName::from_static(name)),
                value,
                "{path}"
            );
        }
        assert!(
            header(&response, HeaderName::from_static("permissions-policy")).contains("camera=()"),
            "{path}"
        );
    }
}

#[test]
fn the_policy_allows_nothing_inline_and_nobody_else() {
    let policy = frontend::CONTENT_SECURITY_POLICY;
    for directive in [
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(
            policy.split("; ").any(|part| part == directive),
            "{directive} in {policy}"
        );
    }
    for loophole in ["unsafe", "*", "http:", "https:", "data:", "blob:"] {
        assert!(!policy.contains(loophole), "{loophole} in {policy}");
    }
}

#[tokio::test]
async fn without_a_storefront_the_page_says_what_to_type() {
    for path in ["/", "/cart", "/assets/index.js"] {
        let response = answer(frontend::routes(&[]), Method::GET, path, &[]).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(header(&response, CACHE_CONTROL), "no-store", "{path}");
        let text = String::from_utf8(bytes(response).await).unwrap();
        assert!(text.contains("cargo shopctl up"), "{text}");
    }
}
