//! The table of published models.

use serde_json::Value;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Error};

/// The channel on which a new model is announced. The payload is its version.
pub const CHANNEL: &str = "models";
/// How many models are kept, the current one among them.
const KEPT: i64 = 10;
/// Held while training, so that two trainers do not publish at once. Any number nobody else uses.
const LOCK: i64 = 0x006d_6c5f_6d6f_6465;

/// The model that should be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    /// Its name.
    pub version: String,
}

/// A model to publish.
#[derive(Debug)]
pub struct Publication<'model> {
    /// Its name.
    pub version: &'model str,
    /// How it did in its test.
    pub metrics: &'model Value,
    /// The encoded model.
    pub payload: &'model [u8],
}

/// Takes the training lock until the connection ends. `false`: somebody else has it, and goes on having it.
///
/// Waits for a moment, as the server notices only after a while that a trainer has ended.
pub async fn try_lock(client: &Client) -> Result<bool, Error> {
    client.batch_execute("set lock_timeout = '2s'").await?;
    match client
        .execute("select pg_advisory_lock($1)", &[&LOCK])
        .await
    {
        Ok(_) => Ok(true),
        Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Which model is current.
pub async fn current(client: &Client) -> Result<Option<Current>, Error> {
    let row = client
        .query_opt("select version from models where current", &[])
        .await?;
    row.map(|row| {
        Ok(Current {
            version: row.try_get(0)?,
        })
    })
    .transpose()
}

/// The encoded model of a version; `None` when it has been removed.
pub async fn payload(client: &Client, version: &str) -> Result<Option<Vec<u8>>, Error> {
    let row = client
        .query_opt("select payload from models where version = $1", &[&version])
        .await?;
    row.map(|row| row.try_get(0)).transpose()
}

/// Publishes a model: all at once it is stored, current, and announced, and the oldest ones are gone.
pub async fn publish(client: &mut Client, publication: &Publication<'_>) -> Result<(), Error> {
    let Publication {
        version,
        metrics,
        payload,
    } = publication;
    let transaction = client.transaction().await?;
    transaction
        .execute("update models set current = false where current", &[])
        .await?;
    transaction
        .execute(
            "insert into models (version, metrics, payload, current) values ($1, $2, $3, true)",
            &[version, metrics, payload],
        )
        .await?;
    transaction
        .execute(
            "delete from models where not current and version not in
                (select version from models order by current desc, created_at desc, version desc limit $1)",
            &[&KEPT],
        )
        .await?;
    transaction
        .execute("select pg_notify($1, $2)", &[&CHANNEL, version])
        .await?;
    transaction.commit().await
}
