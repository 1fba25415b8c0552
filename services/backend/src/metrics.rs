//! The backend's own metrics, beside those that every service has.

use deadpool_postgres::Pool;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;

/// Upper bounds of the wait for a connection in seconds.
const WAIT_BUCKETS: [f64; 9] = [0.0001, 0.0005, 0.001, 0.005, 0.025, 0.1, 0.5, 1.0, 2.0];

/// Labels of the order counter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct OrderLabels {
    synthetic: &'static str,
}

/// Labels of the product cache counter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct CacheLabels {
    result: &'static str,
}

/// Labels of the recommendation counter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct SourceLabels {
    source: &'static str,
}

/// The metrics of the backend. Clones share the same figures.
#[derive(Debug, Clone)]
pub struct Metrics {
    /// Where they are registered.
    pub registry: kit::Metrics,
    /// Wait for a database connection in seconds.
    pub pool_wait: Histogram,
    orders: Family<OrderLabels, Counter>,
    product_cache: Family<CacheLabels, Counter>,
    recommendations: Family<SourceLabels, Counter>,
}

impl Metrics {
    /// Registers the metrics of a release.
    pub fn new(release: &str) -> Self {
        let registry = kit::Metrics::new("backend", release);
        let metrics = Self {
            pool_wait: registry.register(
                "database_pool_wait_seconds",
                "Wait for a database connection",
                Histogram::new(WAIT_BUCKETS),
            ),
            orders: registry.register("orders_placed", "Orders placed", Family::default()),
            product_cache: registry.register(
                "product_cache_requests",
                "Look-ups in the product cache",
                Family::default(),
            ),
            recommendations: registry.register(
                "recommendations",
                "Recommendations given",
                Family::default(),
            ),
            registry,
        };
        metrics.start_at_zero();
        metrics
    }

    /// Series that exist from the start have a rate from the first event on.
    fn start_at_zero(&self) {
        for synthetic in ["false", "true"] {
            let _ = self.orders.get_or_create(&OrderLabels { synthetic });
        }
        for result in ["hit", "miss", "error"] {
            let _ = self.product_cache.get_or_create(&CacheLabels { result });
        }
        for source in ["model", "popularity"] {
            let _ = self.recommendations.get_or_create(&SourceLabels { source });
        }
    }

    /// Counts an order.
    pub fn order_placed(&self, synthetic: bool) {
        let synthetic = if synthetic { "true" } else { "false" };
        self.orders.get_or_create(&OrderLabels { synthetic }).inc();
    }

    /// Counts a look-up in the product cache: `hit`, `miss` or `error`.
    pub fn product_looked_up(&self, result: &'static str) {
        self.product_cache
            .get_or_create(&CacheLabels { result })
            .inc();
    }

    /// Counts recommendations from `model` or `popularity`.
    pub fn recommended(&self, source: &'static str) {
        self.recommendations
            .get_or_create(&SourceLabels { source })
            .inc();
    }

    /// Reports the state of a connection pool whenever the metrics are read.
    pub fn watch_pool(&self, pool: Pool) {
        self.registry
            .registry(|registry| registry.register_collector(Box::new(PoolCollector(pool))));
    }
}

struct PoolCollector(Pool);

impl std::fmt::Debug for PoolCollector {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PoolCollector")
    }
}

impl Collector for PoolCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let status = self.0.status();
        let figures = [
            (
                "database_pool_size",
                "Open database connections",
                status.size,
            ),
            (
                "database_pool_available",
                "Idle database connections",
                status.available,
            ),
            (
                "database_pool_waiting",
                "Requests that wait for a database connection",
                status.waiting,
            ),
        ];
        for (name, help, figure) in figures {
            let gauge = ConstGauge::new(i64::try_from(figure).unwrap_or(i64::MAX));
            let metric = encoder.encode_descriptor(name, help, None, gauge.metric_type())?;
            gauge.encode(metric)?;
        }
        Ok(())
    }
}
