//! What every handler can reach.

use std::sync::Arc;

use kit::Readiness;

use crate::cache::Cache;
use crate::config::Settings;
use crate::metrics::Metrics;
use crate::payment::{PaymentProvider, Simulated};
use crate::recommendation::{ModelService, Recommender};
use crate::store::Database;

/// The state of the service. Clones share everything.
#[derive(Clone)]
pub struct AppState {
    /// What was configured.
    pub settings: Arc<Settings>,
    /// PostgreSQL.
    pub database: Database,
    /// Redis.
    pub cache: Cache,
    /// Recommendations.
    pub recommender: Recommender,
    /// Payments.
    pub payments: Arc<dyn PaymentProvider>,
    /// What is counted.
    pub metrics: Metrics,
    /// What must work before requests are welcome.
    pub readiness: Readiness,
    /// What customers are told about: the same and ml-service.
    pub health: Readiness,
}

impl AppState {
    /// Prepares all connections and opens none: the process lives, and says what it lacks, without its dependencies.
    pub fn connect(settings: Settings) -> anyhow::Result<Self> {
        Self::with_payments(settings, Arc::new(Simulated))
    }

    /// As [`AppState::connect`], with a payment provider of the caller's choice.
    pub fn with_payments(
        settings: Settings,
        payments: Arc<dyn PaymentProvider>,
    ) -> anyhow::Result<Self> {
        let metrics = Metrics::new(&settings.release);
        let database = Database::open(&settings.database, settings.database_pool_size, &metrics)?;
        let cache = Cache::open(&settings.redis_url)?;
        let model =
            ModelService::new(settings.ml_service_url.clone(), settings.ml_service_timeout)?;
        let readiness = readiness(&database, &cache);
        let health = {
            let model = model.clone();
            self::readiness(&database, &cache).probe("ml-service", move || {
                let model = model.clone();
                async move { model.ping().await }
            })
        };
        Ok(Self {
            recommender: Recommender::new(model, database.clone(), metrics.clone()),
            settings: Arc::new(settings),
            database,
            cache,
            payments,
            metrics,
            readiness,
            health,
        })
    }
}

fn readiness(database: &Database, cache: &Cache) -> Readiness {
    let (database, cache) = (database.clone(), cache.clone());
    Readiness::new()
        .probe("postgres", move || {
            let database = database.clone();
            async move { database.ping().await }
        })
        .probe("redis", move || {
            let cache = cache.clone();
            async move { cache.ping().await }
        })
}
