//! What is left of a request's body when its response is ready.
//!
//! HTTP/1 can use a connection again only after the whole body. Closing it without a word is a trap: whoever sends the next
//! request at that moment, as a proxy does, loses it and has to answer it with a failure (RFC 9112 section 9.6).

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt as _;
use http::header::{CONNECTION, HeaderValue};
use hyper::body::{Frame, SizeHint};
use tokio::time::timeout;

/// How much is read of what no handler wanted, in bytes. A client that sends first and reads later would otherwise see
/// a broken connection in place of the answer.
const DRAIN_LIMIT: usize = 1024 * 1024;

/// How long that reading may take.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// Middleware: a response that leaves a part of the body unread says that its connection ends with it.
pub(super) async fn close_when_unread(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    let body = Shared::new(body);
    let given = Body::new(body.clone());
    let mut response = next.run(Request::from_parts(head, given)).await;
    if !body.is_end_stream() {
        response
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
        tokio::spawn(timeout(DRAIN_TIMEOUT, drain(body)));
    }
    response
}

async fn drain(body: Shared) {
    let mut chunks = Body::new(body).into_data_stream();
    let mut read = 0;
    while let Some(Ok(chunk)) = chunks.next().await {
        read += chunk.len();
        if read > DRAIN_LIMIT {
            return;
        }
    }
}

/// A body that outlives the handler it was given to.
#[derive(Clone)]
struct Shared(Arc<Mutex<Watched>>);

/// A body, and whether its end has been seen. One that comes in chunks does not know by itself.
struct Watched {
    body: Body,
    ended: bool,
}

impl Shared {
    fn new(body: Body) -> Self {
        let ended = false;
        Self(Arc::new(Mutex::new(Watched { body, ended })))
    }

    fn lock(&self) -> MutexGuard<'_, Watched> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HttpBody for Shared {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let mut watched = self.lock();
        let frame = Pin::new(&mut watched.body).poll_frame(context);
        watched.ended |= matches!(frame, Poll::Ready(None));
        frame
    }

    fn is_end_stream(&self) -> bool {
        let watched = self.lock();
        watched.ended || watched.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.lock().body.size_hint()
    }
}
