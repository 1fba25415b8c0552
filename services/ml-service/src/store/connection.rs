//! One connection to PostgreSQL, and what it is notified of.

use std::pin::pin;
use std::time::Duration;

use database::Address;
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, Client, Config, Error};

/// Longest time for making a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection that answers no keep-alive for this long is dead, although nobody has closed it.
const SILENCE: Duration = Duration::from_secs(20);

/// A connection that lives as long as this does.
#[derive(Debug)]
pub struct Session {
    /// For queries.
    pub client: Client,
    notifications: mpsc::UnboundedReceiver<()>,
}

impl Session {
    /// Waits for the next notification on any channel that was listened to. `false`: the connection is gone.
    pub async fn notified(&mut self) -> bool {
        self.notifications.recv().await.is_some()
    }
}

/// Connects; a database that is not to be reached is tried for so long.
pub async fn connect(address: &Address, patience: Duration) -> Result<Session, Error> {
    let (client, mut connection) =
        database::connect(&named(address), &address.tls, patience).await?;
    let (sender, notifications) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let messages = stream::poll_fn(move |context| connection.poll_message(context));
        forward(messages, &sender).await;
    });
    Ok(Session {
        client,
        notifications,
    })
}

/// The address as ml-service uses it.
fn named(address: &Address) -> Config {
    let mut config = address.config.clone();
    config
        .application_name("ml-service")
        .connect_timeout(CONNECT_TIMEOUT)
        .keepalives_idle(SILENCE / 2)
        .tcp_user_timeout(SILENCE);
    config
}

/// Drives a connection until it ends or nobody is interested any more.
async fn forward(
    messages: impl Stream<Item = Result<AsyncMessage, Error>>,
    notifications: &mpsc::UnboundedSender<()>,
) {
    let mut messages = pin!(messages);
    while let Some(message) = messages.next().await {
        match message {
            // The receiver is dropped with the session; the client then ends the connection properly.
            Ok(AsyncMessage::Notification(_)) => drop(notifications.send(())),
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "the connection to the database ended");
                return;
            }
        }
    }
}
