//! The connection to Redis, and what happens while there is none.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kit::Secret;
use kit::health::PROBE_TIMEOUT;
use kit::start::BadValue;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisError, RedisResult};
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

/// Longest wait for one operation, including a new connection if one is needed.
const TIMEOUT: Duration = Duration::from_millis(250);
/// Pause between two attempts to find Redis again.
const PROBE_PAUSE: Duration = Duration::from_millis(250);

/// Redis could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// Redis was away a moment ago; it was not asked again.
    #[error("Redis is not available")]
    Away,
    /// Redis did not answer in time.
    #[error("Redis did not answer within {} ms", TIMEOUT.as_millis())]
    Late,
    /// Redis, or the way to it, failed.
    #[error("Redis failed: {0}")]
    Failed(#[from] RedisError),
    /// The URL cannot be used.
    #[error("there is no way to Redis")]
    Url(#[source] BadValue),
}

/// Access to Redis behind a circuit breaker. Clones share one multiplexed connection, which is opened on first use.
///
/// The first operation that fails opens the circuit: from then on all others fail at once, so that browsing never
/// waits for a Redis that is gone, while a task of its own asks Redis for a sign of life and closes the circuit again.
/// Probes ask for themselves: they never open the circuit, and a good answer closes it.
#[derive(Clone)]
pub struct Cache {
    manager: ConnectionManager,
    circuit: Arc<Circuit>,
}

#[derive(Default)]
struct Circuit {
    open: AtomicBool,
    /// Who looks for Redis while the circuit is open.
    recovery: Mutex<Option<AbortHandle>>,
    /// Keys to forget as soon as Redis is back, since they changed while it was away.
    stale: Mutex<BTreeSet<String>>,
}

impl Cache {
    /// Prepares the connection; does not wait for it.
    pub fn open(url: &Secret) -> Result<Self, CacheError> {
        let client = Client::open(url.expose())
            .map_err(|error| CacheError::Url(BadValue::new("REDIS_URL", error.to_string())))?;
        // Operations bound themselves; nobody has more time than a probe.
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PROBE_TIMEOUT))
            .set_response_timeout(Some(PROBE_TIMEOUT))
            .set_number_of_retries(0);
        let manager = ConnectionManager::new_lazy_with_config(client, config)?;
        Ok(Self {
            manager,
            circuit: Arc::default(),
        })
    }

    /// Runs an operation that may safely be repeated. A connection that broke since its last use is replaced once.
    pub async fn run<T, Operation, Fut>(&self, operation: Operation) -> Result<T, CacheError>
    where
        Operation: Fn(ConnectionManager) -> Fut,
        Fut: Future<Output = RedisResult<T>>,
    {
        if self.circuit.open.load(Ordering::Acquire) {
            return Err(CacheError::Away);
        }
        let attempts = async {
            match operation(self.manager.clone()).await {
                Err(error) if is_broken(&error) => operation(self.manager.clone()).await,
                outcome => outcome,
            }
        };
        match timeout(TIMEOUT, attempts).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => {
                self.trip(&error);
                Err(error.into())
            }
            Err(_) => {
                self.trip(&CacheError::Late);
                Err(CacheError::Late)
            }
        }
    }

    /// Asks Redis for a sign of life, which may take as long as a probe. Whoever asks is no customer: a late answer here
    /// turns nobody away, and after a good one everybody is let through.
    pub async fn ping(&self) -> Result<(), CacheError> {
        let sign = async {
            match self.revive().await {
                Err(error) if is_broken(&error) => self.revive().await,
                outcome => outcome,
            }
        };
        let sign = timeout(PROBE_TIMEOUT, sign).await;
        sign.map_err(|_| CacheError::Late)??;
        if let Some(recovery) = self.close() {
            recovery.abort();
            self.is_back().await;
        }
        Ok(())
    }

    /// Remembers keys to forget when Redis is back.
    pub(super) fn forget_later(&self, keys: impl IntoIterator<Item = String>) {
        self.stale().extend(keys);
    }

    fn stale(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.circuit
            .stale
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn trip(&self, error: &dyn std::error::Error) {
        let mut recovery = self.recovery();
        if recovery.is_some() {
            return;
        }
        self.circuit.open.store(true, Ordering::Release);
        tracing::warn!(%error, "redis is away; carts answer 503 and products come from PostgreSQL");
        let cache = self.clone();
        let task = tokio::spawn(async move { cache.recover().await });
        *recovery = Some(task.abort_handle());
    }

    /// Lets operations through again; who looked for Redis until now, if it was away.
    fn close(&self) -> Option<AbortHandle> {
        let mut recovery = self.recovery();
        self.circuit.open.store(false, Ordering::Release);
        recovery.take()
    }

    fn recovery(&self) -> std::sync::MutexGuard<'_, Option<AbortHandle>> {
        self.circuit
            .recovery
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn recover(&self) {
        loop {
            sleep(PROBE_PAUSE).await;
            if matches!(timeout(TIMEOUT, self.revive()).await, Ok(Ok(()))) {
                break;
            }
        }
        self.close();
        self.is_back().await;
    }

    async fn is_back(&self) {
        // A key may have become stale between the last look and the closing of the circuit.
        let _ = timeout(TIMEOUT, self.revive()).await;
        tracing::info!("redis is back");
    }

    /// Nothing outdated may be served after an absence, so the stale keys go before anybody reads again.
    async fn revive(&self) -> RedisResult<()> {
        let mut redis = self.manager.clone();
        redis::cmd("PING").query_async::<()>(&mut redis).await?;
        let stale: Vec<String> = self.stale().iter().cloned().collect();
        if !stale.is_empty() {
            redis::cmd("DEL")
                .arg(&stale)
                .query_async::<()>(&mut redis)
                .await?;
            self.stale().retain(|key| !stale.contains(key));
        }
        Ok(())
    }
}

fn is_broken(error: &RedisError) -> bool {
    error.is_io_error() || error.is_connection_dropped() || error.is_unrecoverable_error()
}
