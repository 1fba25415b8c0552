//! One connection to PostgreSQL, and what it is notified of.

use std::pin::pin;
use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use kit::Secret;
use kit::start::BadValue;
use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, Client, Config, Error, NoTls};

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

/// Reads the value of `DATABASE_URL`.
pub fn parse(url: &Secret) -> Result<Config, BadValue> {
    // The parser's own message may repeat parts of the value.
    let mut config: Config = url
        .expose()
        .parse()
        .map_err(|_| BadValue::new("DATABASE_URL", "is not a PostgreSQL URL"))?;
    config.application_name("ml-service");
    config.connect_timeout(CONNECT_TIMEOUT);
    config.keepalives_idle(SILENCE / 2);
    config.tcp_user_timeout(SILENCE);
    Ok(config)
}

/// Connects.
pub async fn connect(config: &Config) -> Result<Session, Error> {
    let (client, mut connection) = config.connect(NoTls).await?;
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
