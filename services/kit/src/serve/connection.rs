//! Serving HTTP/1 on connections, and ending them without losing a request.

use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{CONNECTION, HeaderValue};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::Readiness;

/// How long a connection may idle or dawdle over a request's head. Longer than the 90 seconds for which common
/// clients keep idle connections, so that it is the client who ends them and no request meets a closing connection.
const HEAD_TIMEOUT: Duration = Duration::from_mins(2);

/// How long a client that has connected and not yet said anything may take to do so once the service drains.
const FIRST_BYTE_TIMEOUT: Duration = Duration::from_millis(100);

/// The open connections of a server.
pub(super) struct Connections {
    app: Router,
    /// Becomes true when connections must end. Every connection holds a receiver for as long as it is open.
    ending: watch::Sender<bool>,
}

impl Connections {
    pub(super) fn new(app: Router) -> Self {
        Self {
            app,
            ending: watch::Sender::new(false),
        }
    }

    /// Serves a new connection in the background.
    pub(super) fn serve(&self, stream: TcpStream) {
        tokio::spawn(converse(stream, self.app.clone(), self.ending.subscribe()));
    }

    /// How many are open.
    pub(super) fn count(&self) -> usize {
        self.ending.receiver_count()
    }

    /// Lets every connection finish the request it is at, and returns when all are closed.
    pub(super) async fn end(&self) {
        self.ending.send_replace(true);
        self.ending.closed().await;
    }
}

async fn converse(stream: TcpStream, app: Router, mut ending: watch::Receiver<bool>) {
    // Answers are small and written at once; waiting to fill a packet only delays them.
    let _ = stream.set_nodelay(true);
    if !speaks(&stream, &mut ending).await {
        return;
    }
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app));
    let mut connection = pin!(connection);
    // The connection comes first: a request that has arrived already must be seen before the connection is told to end.
    let outcome = tokio::select! {
        biased;
        outcome = connection.as_mut() => outcome,
        () = requested(&mut ending) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "connection ended early");
    }
}

/// Waits for the first byte. False when there is none in time.
async fn speaks(stream: &TcpStream, ending: &mut watch::Receiver<bool>) -> bool {
    let patience = async {
        requested(ending).await;
        tokio::time::sleep(FIRST_BYTE_TIMEOUT).await;
    };
    tokio::select! {
        biased;
        readable = stream.readable() => readable.is_ok(),
        () = tokio::time::sleep(HEAD_TIMEOUT) => false,
        () = patience => false,
    }
}

/// A closed channel means that the server itself is gone.
async fn requested(ending: &mut watch::Receiver<bool>) {
    let _ = ending.wait_for(|ending| *ending).await;
}

/// Middleware: while the service drains, every response asks the client to close the connection.
pub(super) async fn close_when_draining(
    State(readiness): State<Readiness>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if readiness.is_draining() {
        response
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
