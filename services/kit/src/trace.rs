//! W3C trace context: which trace the current request belongs to, and how it crosses to the next service.

use axum::extract::Request;
use http::{HeaderMap, Method};
use opentelemetry::Context;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TraceContextExt;
use opentelemetry_http::{HeaderExtractor, HeaderInjector};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The identifiers of the current span, in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ids {
    /// 32 digits, the same in all services that a request crosses.
    pub trace_id: String,
    /// 16 digits, of this span alone.
    pub span_id: String,
}

/// The identifiers of the span that the caller runs in; nothing outside of a span.
pub fn current_ids() -> Option<Ids> {
    let context = Context::current();
    let span = context.span();
    let identifiers = span.span_context();
    identifiers.is_valid().then(|| Ids {
        trace_id: identifiers.trace_id().to_string(),
        span_id: identifiers.span_id().to_string(),
    })
}

/// Adds `traceparent` (and `tracestate`) of the current span to the headers of a request to another service.
pub fn inject(headers: &mut HeaderMap) {
    TraceContextPropagator::new().inject_context(&Context::current(), &mut HeaderInjector(headers));
}

/// The headers to give to `reqwest::RequestBuilder::headers` so that the next service joins the current trace.
pub fn headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    inject(&mut headers);
    headers
}

/// The span of one request: the child of the caller's span when the request names a valid one, else a new trace.
pub(crate) fn request_span(request: &Request, method: &Method, route: &str) -> Span {
    let span = tracing::info_span!(
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = tracing::field::Empty,
        http.request.method = %method,
        http.route = route,
        url.path = request.uri().path(),
        http.response.status_code = tracing::field::Empty,
    );
    let parent = TraceContextPropagator::new().extract(&HeaderExtractor(request.headers()));
    // Fails only when no telemetry runs, as in most unit tests.
    let _ = span.set_parent(parent);
    span
}
