//! Connecting where the way may not be open yet.

use std::io::{self, ErrorKind};
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, Connection, Error, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

/// What carries a connection; it must be driven for the client to work.
pub type Carrier = Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>;

/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(250);

/// Connects, and tries again for so long while nobody is to be reached there. Where network policies are enforced, they
/// let a pod through only some time after its programs have started.
pub async fn connect(
    config: &Config,
    tls: &MakeRustlsConnect,
    patience: Duration,
) -> Result<(Client, Carrier), Error> {
    let deadline = Instant::now() + patience;
    loop {
        match config.connect(tls.clone()).await {
            Err(error) if is_unreachable(&error) && Instant::now() < deadline => {
                sleep(PAUSE).await;
            }
            connected => return connected,
        }
    }
}

/// Whether the server was not to be reached, so that it has not answered anything.
fn is_unreachable(error: &Error) -> bool {
    let source = std::error::Error::source(error);
    let cause: Option<&io::Error> = source.and_then(|source| source.downcast_ref());
    cause.is_some_and(|cause| {
        matches!(
            cause.kind(),
            ErrorKind::ConnectionRefused
                | ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable
                | ErrorKind::TimedOut
        )
    })
}
