//! Accepting connections.

use std::io::ErrorKind;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};

use super::connection::Connections;

/// How long to wait before accepting again when the process has run out of file descriptors.
const PAUSE: Duration = Duration::from_millis(50);

/// Accepts connections for ever.
pub(super) async fn accept(listener: &TcpListener, connections: &Connections) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => connections.serve(stream),
            Err(error) if is_client_fault(error.kind()) => {}
            Err(error) => {
                tracing::error!(%error, "cannot accept connections");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Closes the listener, after accepting the connections that wait in its queue: their clients are connected as far as
/// they can tell, and would see a reset.
pub(super) fn close(listener: TcpListener, connections: &Connections) {
    let Ok(listener) = listener.into_std() else {
        return;
    };
    while let Ok((stream, _)) = listener.accept() {
        if stream.set_nonblocking(true).is_ok()
            && let Ok(stream) = TcpStream::from_std(stream)
        {
            connections.serve(stream);
        }
    }
}

fn is_client_fault(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}
