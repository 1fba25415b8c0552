//! Which response a path gets.

use axum::Router;
use axum::extract::State;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderValue,
    IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, StatusCode, Uri};
use kit::Problem;

use crate::asset::{Asset, INDEX};
use crate::encoding::Encoding;
use crate::{security, unbuilt};

/// The routes of a storefront. Three patterns, so that metrics tell pages, assets and the rest apart.
pub fn routes(assets: &'static [Asset]) -> Router {
    Router::new()
        .route("/", get(respond))
        .route("/assets/{*path}", get(respond))
        .route("/{*path}", get(respond))
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(map_response(security::harden))
        .with_state(assets)
}

async fn respond(State(assets): State<&'static [Asset]>, uri: Uri, headers: HeaderMap) -> Response {
    if assets.is_empty() {
        return unbuilt::page();
    }
    let path = uri.path().trim_start_matches('/');
    let found = find(assets, path).or_else(|| {
        if is_page(path, &headers) {
            find(assets, INDEX)
        } else {
            None
        }
    });
    found.map_or_else(missing, |asset| send(asset, &headers))
}

fn find(assets: &'static [Asset], path: &str) -> Option<&'static Asset> {
    assets.iter().find(|asset| asset.path == path)
}

/// Whether the path is one that the storefront resolves in the browser: not a file, not the API (which a wrong proxy
/// rule may send here, and which must not answer with a page), and asked for by somebody who reads pages.
fn is_page(path: &str, headers: &HeaderMap) -> bool {
    let mut segments = path.split('/');
    let is_reserved = matches!(segments.next(), Some("api" | "assets"));
    let is_file = path
        .rsplit('/')
        .next()
        .is_some_and(|name| name.contains('.'));
    !is_reserved && !is_file && reads_pages(headers)
}

fn reads_pages(headers: &HeaderMap) -> bool {
    let Some(accepted) = headers.get(ACCEPT) else {
        return true;
    };
    accepted.to_str().is_ok_and(|accepted| {
        ["text/html", "text/*", "*/*"]
            .iter()
            .any(|kind| accepted.contains(kind))
    })
}

/// An asset that is missing now may exist in a moment, when the other half of a rollout has come.
fn missing() -> Response {
    Problem::not_found()
        .header(CACHE_CONTROL, HeaderValue::from_static("no-store"))
        .into_response()
}

fn send(asset: &'static Asset, headers: &HeaderMap) -> Response {
    let encoding = Encoding::choose(asset, headers);
    let tag = format!("\"{}-{}\"", asset.tag, encoding.name());
    let is_known = matches(headers, &tag);
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        asset
            .content(encoding)
            .unwrap_or(asset.plain)
            .into_response()
    };
    let to = response.headers_mut();
    to.insert(
        CACHE_CONTROL,
        HeaderValue::from_static(asset.cache_control()),
    );
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        to.insert(ETAG, tag);
    }
    if asset.has_variants() {
        to.insert(VARY, HeaderValue::from_name(ACCEPT_ENCODING));
    }
    if !is_known {
        to.insert(CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
        if encoding != Encoding::Identity {
            to.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
        }
    }
    response
}

/// Whether the client has this very representation already (weak comparison, RFC 9110 section 13.1.2).
fn matches(headers: &HeaderMap, tag: &str) -> bool {
    let values = headers
        .get_all(IF_NONE_MATCH)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    let mut candidates = values.flat_map(|value| value.split(',')).map(str::trim);
    candidates.any(|candidate| {
        candidate == "*" || candidate.strip_prefix("W/").unwrap_or(candidate) == tag
    })
}
