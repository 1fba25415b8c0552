//! Refuses bodies that are too large in a way that the client gets to hear.

use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use futures_util::StreamExt as _;
use tokio::time::timeout;

use super::problem::problem;

/// The largest request body that is let through, in bytes: what the backend takes, so that no service answers and
/// closes while the door is still sending.
pub const BODY_LIMIT: u64 = 64 * 1024;

/// How much of a refused body is read, in bytes. A client that sends first and reads later would otherwise see a
/// broken connection in place of the answer.
const DRAIN_LIMIT: usize = 1024 * 1024;

/// How long that reading may take.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// Says that it is too much, at once: a client may be waiting for that. What it sends all the same is read in the
/// meantime, up to a bound.
pub fn refuse(body: Body) -> Response {
    tokio::spawn(timeout(DRAIN_TIMEOUT, drain(body)));
    too_large()
}

/// The answer alone, where the body is out of reach.
pub fn too_large() -> Response {
    let detail = format!("a request may have at most {BODY_LIMIT} bytes");
    problem(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", &detail)
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
