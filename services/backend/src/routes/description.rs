//! `GET /api/openapi.json`.

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::CONTENT_TYPE;

use crate::state::AppState;

/// Serves the document, which does not change while the process runs.
pub(crate) fn router(document: String) -> Router<AppState> {
    let document = bytes::Bytes::from(document);
    Router::new().route("/api/openapi.json", get(async move || describe(document)))
}

fn describe(document: bytes::Bytes) -> Response {
    ([(CONTENT_TYPE, "application/json")], document).into_response()
}
