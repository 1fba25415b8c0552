//! A storefront of four files.

use axum::Router;
use axum::body::Body;
use frontend::Asset;
use http::{HeaderName, Method, Request, Response};
use http_body_util::BodyExt;
use tower::ServiceExt;

pub(crate) const SCRIPT: &str = "/assets/index-4f2a.js";

const fn plain(path: &'static str, content_type: &'static str, plain: &'static [u8]) -> Asset {
    Asset {
        path,
        content_type,
        tag: "0a1b",
        plain,
        brotli: None,
        gzip: None,
    }
}

pub(crate) static ASSETS: &[Asset] = &[
    Asset {
        brotli: Some(b"script by brotli"),
        gzip: Some(b"script by gzip"),
        ..plain(
            "assets/index-4f2a.js",
            "text/javascript; charset=utf-8",
            b"script",
        )
    },
    plain("assets/font-77aa.woff2", "font/woff2", b"font"),
    plain("favicon.svg", "image/svg+xml", b"icon"),
    plain("index.html", "text/html; charset=utf-8", b"<!doctype html>"),
];

/// The response of the sample storefront.
pub(crate) async fn fetch(
    method: Method,
    path: &str,
    headers: &[(HeaderName, &str)],
) -> Response<Body> {
    answer(frontend::routes(ASSETS), method, path, headers).await
}

pub(crate) async fn get(path: &str) -> Response<Body> {
    fetch(Method::GET, path, &[]).await
}

pub(crate) async fn answer(
    app: Router,
    method: Method,
    path: &str,
    headers: &[(HeaderName, &str)],
) -> Response<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    app.oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap()
}

pub(crate) async fn bytes(response: Response<Body>) -> Vec<u8> {
    response
        .into_body()
        .collect()
        .await
        .unwrap()
        .to_bytes()
        .to_vec()
}

/// A header's value, or nothing.
pub(crate) fn header(response: &Response<Body>, name: HeaderName) -> &str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}
