//! Connections to the stores, made when the first check asks for them and then shared.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use tokio::sync::OnceCell;
use tokio::time::timeout;
use tokio_postgres::Client;

use super::patience::twice;
use crate::plan::Component;
use crate::platform::checks::trouble::Trouble;
use crate::platform::{Error, Inside};

/// The stores as their owner sees them.
#[derive(Default)]
pub struct Stores {
    database: OnceCell<Result<Client, Trouble>>,
    redis: OnceCell<Result<MultiplexedConnection, Trouble>>,
}

/// A connection, and an answer of Redis, may not take longer than this.
const LIMIT: Duration = Duration::from_secs(3);

/// No statement and no wait for somebody else's lock may take longer than the server is told here.
const LIMITS: &str = "SET statement_timeout = '4s'; SET lock_timeout = '3s'";

impl Stores {
    /// The database, as the owner of the schema.
    pub async fn database(&self, inside: &dyn Inside) -> Result<&Client, Trouble> {
        let connect = async || {
            let connect = async || {
                let client = inside.database().await?;
                // A server that refuses this refuses the first statement too, which then names the cause.
                let _ = client.batch_execute(LIMITS).await;
                Ok(client)
            };
            twice(async || bounded(Component::Postgres, connect()).await).await
        };
        self.database
            .get_or_init(connect)
            .await
            .as_ref()
            .map_err(Clone::clone)
    }

    /// Redis.
    pub async fn redis(&self, inside: &dyn Inside) -> Result<MultiplexedConnection, Trouble> {
        let connect = async || {
            let mut connection =
                twice(async || bounded(Component::Redis, inside.redis()).await).await?;
            // The library's half a second is short for a busy machine.
            connection.set_response_timeout(LIMIT);
            Ok(connection)
        };
        self.redis.get_or_init(connect).await.clone()
    }
}

async fn bounded<T>(
    store: Component,
    connect: impl Future<Output = Result<T, Error>>,
) -> Result<T, Trouble> {
    let connected = timeout(LIMIT, connect).await.map_err(|_| {
        let cause = format!("{store} accepts no connection within {} s", LIMIT.as_secs());
        Trouble::of(store, cause)
    })?;
    connected.map_err(|error| Trouble::from_platform(&error))
}
