//! The router of a service, dressed with what every service has.

use std::any::Any;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;

use crate::problem::Problem;
use crate::{Metrics, Readiness, health, metrics};

/// Wraps the routes of a service: every request gets a span, metrics and an access log line, and a panic becomes a
/// problem with status 500. Adds `/livez`, `/readyz` and `/metrics`, which are neither traced nor counted.
pub fn app(routes: Router, readiness: &Readiness, metrics: &Metrics) -> Router {
    let readiness = readiness.clone();
    let exposed = metrics.clone();
    routes
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(metrics.http.clone(), metrics::track))
        .route("/livez", get(health::live))
        .route("/readyz", get(move || health::ready(readiness.clone())))
        .route("/metrics", get(async move || metrics::expose(&exposed)))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer hands the panic over by value"
)]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(
        panic = text.unwrap_or("unknown"),
        "a request handler panicked"
    );
    Problem::internal().into_response()
}
