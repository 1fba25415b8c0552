//! What the service says about its model.

use kit::Metrics;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ModelLabels {
    version: String,
}

/// Figures of the served model.
#[derive(Debug, Clone)]
pub struct Gauges {
    info: Family<ModelLabels, Gauge>,
    items: Gauge,
}

impl Gauges {
    /// Adds the figures to the metrics of the service.
    pub fn register(metrics: &Metrics) -> Self {
        Self {
            info: metrics.register("model_info", "Which model answers", Family::default()),
            items: metrics.register(
                "model_items",
                "Products that the model knows",
                Gauge::default(),
            ),
        }
    }

    /// Notes the model that answers from now on.
    pub(super) fn set(&self, version: &str, items: usize) {
        self.info.clear();
        self.info
            .get_or_create(&ModelLabels {
                version: version.to_owned(),
            })
            .set(1);
        self.items.set(i64::try_from(items).unwrap_or(i64::MAX));
    }
}
