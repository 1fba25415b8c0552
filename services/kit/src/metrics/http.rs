//! What is measured, traced and logged about every request.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::Method;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::exemplar::HistogramWithExemplars;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tracing::Instrument;

use crate::trace;

/// Upper bounds of the duration histogram in seconds: from a cache hit to a request that should have been given up.
pub const DURATION_BUCKETS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// The route of requests that match none, so that hostile paths cannot make new time series.
const UNMATCHED: &str = "unmatched";

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RouteLabels {
    method: &'static str,
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct StatusLabels {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct TraceLabels {
    trace_id: String,
}

type Durations = Family<
    RouteLabels,
    HistogramWithExemplars<TraceLabels>,
    fn() -> HistogramWithExemplars<TraceLabels>,
>;

/// The metrics that every request feeds.
#[derive(Clone, Debug)]
pub(crate) struct HttpMetrics {
    requests: Family<StatusLabels, Counter>,
    durations: Durations,
    in_flight: Gauge,
}

impl HttpMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            requests: Family::default(),
            durations: Family::new_with_constructor(|| {
                HistogramWithExemplars::new(DURATION_BUCKETS.into_iter())
            }),
            in_flight: Gauge::default(),
        };
        registry.register(
            "http_requests",
            "Requests answered",
            metrics.requests.clone(),
        );
        registry.register(
            "http_request_duration_seconds",
            "Time from the request's head to the response's head",
            metrics.durations.clone(),
        );
        registry.register(
            "http_requests_in_flight",
            "Requests being answered now",
            metrics.in_flight.clone(),
        );
        metrics
    }

    fn observe(&self, labels: RouteLabels, status: u16, duration: Duration) {
        let exemplar = trace::current_ids().map(|ids| TraceLabels {
            trace_id: ids.trace_id,
        });
        self.durations
            .get_or_create(&labels)
            .observe(duration.as_secs_f64(), exemplar, None);
        let RouteLabels { method, route } = labels;
        self.requests
            .get_or_create(&StatusLabels {
                method,
                route,
                status,
            })
            .inc();
    }
}

/// Counts a request as being in flight for as long as it lives, also when its client goes away.
struct InFlight(Gauge);

impl InFlight {
    fn enter(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Middleware: a span, the metrics and one access log line for each request.
pub(crate) async fn track(
    State(metrics): State<HttpMetrics>,
    request: Request,
    next: Next,
) -> Response {
    let in_flight = InFlight::enter(&metrics.in_flight);
    let method = method_label(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or(UNMATCHED, MatchedPath::as_str)
        .to_owned();
    let path = request.uri().path().to_owned();
    let span = trace::request_span(&request, request.method(), &route);
    let recorder = span.clone();
    async move {
        let start = Instant::now();
        let response = next.run(request).await;
        let duration = start.elapsed();
        let status = response.status().as_u16();
        recorder.record("http.response.status_code", status);
        if response.status().is_server_error() {
            recorder.record("otel.status_code", "ERROR");
        }
        metrics.observe(
            RouteLabels {
                method,
                route: route.clone(),
            },
            status,
            duration,
        );
        let duration_ms = milliseconds(duration);
        tracing::info!(target: "access", method, route, path, status, duration_ms, "request");
        drop(in_flight);
        response
    }
    .instrument(span)
    .await
}

/// Microsecond resolution is enough, and keeps the log lines short.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1_000.0
}

/// Methods are part of a time series' name, so that only the known ones are told apart.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}
