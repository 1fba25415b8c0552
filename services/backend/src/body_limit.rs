//! Refuses a body that is announced to be too large before it comes.
//!
//! A client that waits for an answer before it sends, and a proxy between the two, would otherwise wait for each other.

use axum::extract::Request;
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use kit::Problem;

/// Largest request body in bytes: an order is far smaller.
pub const LARGEST_BODY: usize = 64 * 1024;

/// Answers 413 to whoever announces too much. What comes without an announcement is counted while it is read.
pub async fn refuse_announced(request: Request, next: Next) -> Response {
    let announced = request.headers().get(CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_none_or(|length| length <= LARGEST_BODY as u64) {
        return next.run(request).await;
    }
    Problem::body_too_large(format!("A request may have at most {LARGEST_BODY} bytes"))
        .into_response()
}
