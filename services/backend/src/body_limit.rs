//! Refuses a body that is announced to be too large before it comes.
//!
//! A client that waits for an answer before it sends, and a proxy between the two, would otherwise wait for each other.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use kit::Problem;
use tokio::time::timeout;

/// Largest request body in bytes: an order is far smaller.
pub const LARGEST_BODY: usize = 64 * 1024;

/// How much of a refused body is read, in bytes. A client that sends first and reads later would otherwise see a
/// broken connection in place of the answer.
const DRAIN_LIMIT: usize = 1024 * 1024;

/// How long that reading may take.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// Answers 413 to whoever announces too much. What comes without an announcement is counted while it is read.
pub async fn refuse_announced(request: Request, next: Next) -> Response {
    let announced = request.headers().get(CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_none_or(|length| length <= LARGEST_BODY as u64) {
        return next.run(request).await;
    }
    tokio::spawn(timeout(DRAIN_TIMEOUT, drain(request.into_body())));
    Problem::body_too_large(format!("A request may have at most {LARGEST_BODY} bytes"))
        .into_response()
}

async fn drain(body: Body) {
    let mut chunks = body.into_data_stream();
    let mut read = 0;
    while let Some(Ok(chunk)) = chunks.next().await {
        read += chunk.len();
        if read > DRAIN_LIMIT {
            return;
        }
    }
}
