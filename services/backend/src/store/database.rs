//! The pool of connections.

use std::time::{Duration, Instant};

use database::Address;
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime, Timeouts};
use tokio_postgres::{Client, Config};

use super::StoreError;
use crate::metrics::Metrics;

/// A pooled connection.
pub type Connection = deadpool_postgres::Object;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// How long a job waits for a database that is not to be reached.
const PATIENCE: Duration = Duration::from_secs(15);
/// Longest wait for a free connection: a buyer waits no longer than that before being told to try again.
const WAIT_TIMEOUT: Duration = Duration::from_secs(2);
/// A connection whose peer has vanished without a word is given up after this time.
const USER_TIMEOUT: Duration = Duration::from_secs(10);
/// No statement of the shop runs nearly as long; one that does must not hold its locks.
const SESSION_OPTIONS: &str =
    "-c statement_timeout=5s -c lock_timeout=3s -c idle_in_transaction_session_timeout=10s";

/// Access to PostgreSQL. Clones share one pool.
#[derive(Clone)]
pub struct Database {
    pool: Pool,
    metrics: Metrics,
}

impl Database {
    /// Makes the pool; connections are opened when they are needed.
    pub fn open(address: &Address, size: usize, metrics: &Metrics) -> Result<Self, StoreError> {
        let mut config = named(address);
        let options = config
            .get_options()
            .map_or(SESSION_OPTIONS.to_owned(), |own| {
                format!("{SESSION_OPTIONS} {own}")
            });
        config.options(options);
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let timeouts = Timeouts {
            wait: Some(WAIT_TIMEOUT),
            create: Some(CONNECT_TIMEOUT),
            recycle: Some(CONNECT_TIMEOUT),
        };
        let pool = Pool::builder(Manager::from_config(config, address.tls.clone(), recycling))
            .max_size(size)
            .timeouts(timeouts)
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        metrics.watch_pool(pool.clone());
        Ok(Self {
            pool,
            metrics: metrics.clone(),
        })
    }

    /// One connection outside of any pool and without the session's limits, for `migrate` and `seed`. A database that is
    /// not to be reached is tried for some time.
    pub async fn connect_once(address: &Address) -> Result<Client, StoreError> {
        let (client, connection) =
            database::connect(&named(address), &address.tls, PATIENCE).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "the connection ended");
            }
        });
        Ok(client)
    }

    /// A connection, waiting for a free one if need be.
    pub async fn connection(&self) -> Result<Connection, StoreError> {
        let start = Instant::now();
        let connection = self.pool.get().await;
        self.metrics
            .pool_wait
            .observe(start.elapsed().as_secs_f64());
        Ok(connection?)
    }

    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.connection().await?.simple_query("").await?;
        Ok(())
    }
}

/// The address as the backend uses it.
fn named(address: &Address) -> Config {
    let mut config = address.config.clone();
    config
        .application_name("backend")
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_user_timeout(USER_TIMEOUT);
    config
}
