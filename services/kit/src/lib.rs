//! What the services of the shop share.
//!
//! A service is a `main` that calls [`start::run`], a `Router` wrapped by [`app`], and [`serve`](serve::serve).
//! Everything an operator relies on lives here once: logs with trace ids, W3C trace context, metrics with exemplars,
//! health endpoints, RFC 9457 problems, secrets that do not print themselves, and a drain that drops no request.

mod app;
pub mod config;
pub mod extract;
pub mod health;
pub mod metrics;
pub mod problem;
pub mod secret;
pub mod serve;
pub mod start;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
pub mod trace;

pub use app::app;
pub use health::Readiness;
pub use metrics::Metrics;
pub use problem::Problem;
pub use secret::Secret;
pub use serve::serve;
