//! Serving what is published, as soon as it is published.

use std::time::Duration;

use database::Address;
use tokio::time::{sleep, timeout};

use super::{Gauges, Served, ServedModel};
use crate::published::{CodecError, decode};
use crate::store::{self, CHANNEL, Session};

/// First pause after the database was lost; doubles up to [`LONGEST_PAUSE`].
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// A database that does not answer for so long is lost.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// Keeps [`Served`] at the current model of a database.
#[derive(Debug)]
pub struct Follower {
    /// The database.
    pub database: Address,
    /// What is kept up to date.
    pub served: Served,
    /// The figures that go with it.
    pub gauges: Gauges,
    /// How often to look without being notified, in case a notification was lost.
    pub poll: Duration,
}

/// Why the current model could not be taken over.
#[derive(Debug, thiserror::Error)]
enum FollowError {
    #[error("the database failed")]
    Database(#[from] tokio_postgres::Error),
    #[error("the database did not answer")]
    Silence(#[from] tokio::time::error::Elapsed),
}

impl Follower {
    /// Follows until the task is dropped. Nothing that happens to the database ends it or disturbs the served model.
    pub async fn run(self) {
        let mut pause = SHORTEST_PAUSE;
        let mut refused = None;
        loop {
            let error = match self.listen().await {
                Ok(mut session) => {
                    pause = SHORTEST_PAUSE;
                    self.follow(&mut session, &mut refused).await
                }
                Err(error) => error,
            };
            self.served.set_up_to_date(false);
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::warn!(%error, cause, "models cannot be followed; the loaded one stays");
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn listen(&self) -> Result<Session, FollowError> {
        let session = timeout(
            ANSWER_TIMEOUT,
            store::connect(&self.database, Duration::ZERO),
        )
        .await??;
        // Before the first look, so that nothing is published unnoticed in between.
        let listen = format!("listen {CHANNEL}");
        timeout(ANSWER_TIMEOUT, session.client.batch_execute(&listen)).await??;
        Ok(session)
    }

    /// Takes over what is current, again and again, until the database fails.
    async fn follow(&self, session: &mut Session, refused: &mut Option<String>) -> FollowError {
        loop {
            if let Err(error) = self.look(session, refused).await {
                return error;
            }
            self.served.set_up_to_date(true);
            // Not being notified for a while, and the end of the connection, are both reasons to look: the look will
            // tell them apart.
            let _ = timeout(self.poll, session.notified()).await;
        }
    }

    async fn look(
        &self,
        session: &Session,
        refused: &mut Option<String>,
    ) -> Result<(), FollowError> {
        let Some(current) = timeout(ANSWER_TIMEOUT, store::current(&session.client)).await?? else {
            return Ok(());
        };
        let version = current.version;
        let served = self.served.model();
        if served.is_some_and(|served| served.version == version)
            || refused.as_ref() == Some(&version)
        {
            return Ok(());
        }
        let payload = timeout(ANSWER_TIMEOUT, store::payload(&session.client, &version)).await??;
        // Removed in between: a newer one was published, and its notification is on the way.
        let Some(payload) = payload else {
            return Ok(());
        };
        match self.take_over(version.clone(), payload).await {
            Ok(()) => {}
            Err(error) => {
                tracing::error!(%error, version, "the current model cannot be used; the loaded one stays");
                *refused = Some(version);
            }
        }
        Ok(())
    }

    async fn take_over(&self, version: String, payload: Vec<u8>) -> Result<(), CodecError> {
        // Decoding a large model takes a while, in which requests want answers.
        let decoded = tokio::task::spawn_blocking(move || decode(&payload)).await;
        let model = decoded.unwrap_or(Err(CodecError::Invalid("decoding it failed")))?;
        let items = model.products().len();
        self.served.swap(ServedModel {
            version: version.clone(),
            model,
        });
        self.gauges.set(&version, items);
        tracing::info!(version, items, "serving a model");
        Ok(())
    }
}
