//! Accepting connections and serving HTTP/1 on them.

use std::io::ErrorKind;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;
use http::header::{CONNECTION, HeaderValue};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};

use crate::Readiness;

/// How long a connection may idle or dawdle over a request's head. Longer than the 90 seconds for which common
/// clients keep idle connections, so that it is the client who ends them and no request meets a closing connection.
const HEAD_TIMEOUT: Duration = Duration::from_mins(2);

/// How long to wait before accepting again when the process has run out of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Accepts and serves connections for ever.
pub(super) async fn accept(listener: &TcpListener, app: &Router, connections: &GracefulShutdown) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => spawn(stream, app, connections),
            Err(error) if is_client_fault(error.kind()) => {}
            Err(error) => {
                tracing::error!(%error, "cannot accept connections");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Serves the connections that wait in the listener's queue at this moment.
pub(super) async fn accept_waiting(
    listener: &TcpListener,
    app: &Router,
    connections: &GracefulShutdown,
) {
    // Tokio learns of waiting connections in its event loop, which must run once before the first look.
    tokio::task::yield_now().await;
    while let Some(Ok((stream, _))) = listener.accept().now_or_never() {
        spawn(stream, app, connections);
    }
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

fn spawn(stream: TcpStream, app: &Router, connections: &GracefulShutdown) {
    // Answers are small and written at once; waiting to fill a packet only delays them.
    let _ = stream.set_nodelay(true);
    let service = TowerToHyperService::new(app.clone());
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "connection ended early");
        }
    });
}

fn is_client_fault(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}
