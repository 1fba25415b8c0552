//! Connections to the stores, made when the first check asks for them and then shared.

use redis::aio::MultiplexedConnection;
use tokio::sync::OnceCell;
use tokio_postgres::Client;

use crate::platform::Inside;
use crate::platform::checks::trouble::Trouble;

/// The stores as their owner sees them.
#[derive(Default)]
pub struct Stores {
    database: OnceCell<Result<Client, Trouble>>,
    redis: OnceCell<Result<MultiplexedConnection, Trouble>>,
}

impl Stores {
    /// The database, as the owner of the schema.
    pub async fn database(&self, inside: &dyn Inside) -> Result<&Client, Trouble> {
        let connect = async || {
            let client = inside.database().await;
            client.map_err(|error| Trouble::from_platform(&error))
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
            let connection = inside.redis().await;
            connection.map_err(|error| Trouble::from_platform(&error))
        };
        self.redis.get_or_init(connect).await.clone()
    }
}
