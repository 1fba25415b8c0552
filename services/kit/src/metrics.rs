//! Metrics in the OpenMetrics text format, all with the prefix `shopmicro_`.

mod http;

use std::sync::{Arc, Mutex, PoisonError};

use ::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Metric, Registry};

pub use prometheus_client;

pub use http::DURATION_BUCKETS;
pub(crate) use http::{HttpMetrics, track};

/// The media type of [`Metrics::encode`].
pub const CONTENT_TYPE_OPEN_METRICS: &str =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The metrics of one service. Clones share the same registry.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Arc<Mutex<Registry>>,
    pub(crate) http: HttpMetrics,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct BuildLabels {
    service: &'static str,
    release: String,
    version: &'static str,
}

impl Metrics {
    /// The registry of the service, with the HTTP metrics and `shopmicro_build_info` in it.
    pub fn new(service: &'static str, release: &str) -> Self {
        let mut registry = Registry::with_prefix("shopmicro");
        let build: Family<BuildLabels, Gauge> = Family::default();
        let labels = BuildLabels {
            service,
            release: release.to_owned(),
            version: env!("CARGO_PKG_VERSION"),
        };
        build.get_or_create(&labels).set(1);
        registry.register("build_info", "Which build this is", build);
        let http = HttpMetrics::register(&mut registry);
        Self {
            registry: Arc::new(Mutex::new(registry)),
            http,
        }
    }

    /// Adds a metric and returns it. `name` gets the prefix `shopmicro_`; counters also get the suffix `_total`.
    pub fn register<M: Metric + Clone>(&self, name: &str, help: &str, metric: M) -> M {
        self.registry(|registry| registry.register(name, help, metric.clone()));
        metric
    }

    /// Gives access to the registry, for collectors that compute their figures when they are asked for.
    pub fn registry<T>(&self, change: impl FnOnce(&mut Registry) -> T) -> T {
        change(&mut self.registry.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// All metrics as OpenMetrics text.
    pub fn encode(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        self.registry(|registry| encode(&mut text, registry))?;
        Ok(text)
    }
}

/// `GET /metrics`.
pub(crate) fn expose(metrics: &Metrics) -> Response {
    match metrics.encode() {
        Ok(text) => ([(CONTENT_TYPE, CONTENT_TYPE_OPEN_METRICS)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "metrics cannot be encoded");
            ::http::StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
