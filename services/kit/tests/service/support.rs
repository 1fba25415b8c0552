//! A small service to test the kit with.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{Request, Response};
use http_body_util::BodyExt;
use kit::config::{ServeConfig, TelemetryConfig};
use kit::{Metrics, Readiness, trace};
use opentelemetry_sdk::trace::SdkTracerProvider;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower::ServiceExt;
use tracing::subscriber::DefaultGuard;

pub(crate) const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
pub(crate) const TRACE_PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// Routes that say what they saw.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/items/{id}", get(async || "item"))
        .route("/traceparent", get(async || outgoing_traceparent()))
        .route("/panic", get(async || panic_now()))
}

pub(crate) fn app() -> (Router, Metrics) {
    let metrics = Metrics::new("sample", "r1");
    (kit::app(routes(), &Readiness::new(), &metrics), metrics)
}

fn outgoing_traceparent() -> String {
    let headers = trace::headers();
    headers
        .get("traceparent")
        .map(|value| value.to_str().unwrap().to_owned())
        .unwrap_or_default()
}

fn panic_now() -> &'static str {
    panic!("the handler is broken")
}

pub(crate) fn get_request(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

pub(crate) async fn send(app: &Router, request: Request<Body>) -> Response<Body> {
    app.clone().oneshot(request).await.unwrap()
}

pub(crate) async fn text(response: Response<Body>) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub(crate) async fn json(response: Response<Body>) -> Value {
    serde_json::from_str(&text(response).await).unwrap()
}

/// A server on a port of its own.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    pub(crate) readiness: Readiness,
    /// Dropping it stops the server at once.
    pub(crate) stops: watch::Sender<u32>,
    pub(crate) finished: JoinHandle<()>,
}

/// Serves these routes.
pub(crate) async fn serve(
    routes: Router,
    drain_delay: Duration,
    drain_timeout: Duration,
) -> Served {
    let readiness = Readiness::new();
    let app = kit::app(routes, &readiness, &Metrics::new("sample", "r1"));
    let listener = kit::serve::bind("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let address = listener.local_addr().unwrap();
    let config = ServeConfig {
        listen: address,
        internal_listen: None,
        drain_timeout,
        drain_delay,
    };
    let (stops, receiver) = watch::channel(0);
    let served = readiness.clone();
    let finished = tokio::spawn(async move {
        kit::serve::serve_until(&config, listener, app, &served, receiver).await;
    });
    Served {
        address,
        readiness,
        stops,
        finished,
    }
}

/// Log lines in memory.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    pub(crate) fn all(&self) -> Vec<Value> {
        let bytes = self.0.lock().unwrap().clone();
        String::from_utf8(bytes)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    pub(crate) fn with_message(&self, message: &str) -> Vec<Value> {
        self.all()
            .into_iter()
            .filter(|line| line["message"] == message)
            .collect()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Telemetry of this test alone, for as long as the guard lives, on this thread.
pub(crate) fn telemetry(directives: &str) -> (Lines, DefaultGuard) {
    let lines = Lines::default();
    let writer = lines.clone();
    let config = TelemetryConfig {
        release: "r1".into(),
        log: directives.into(),
        otlp_endpoint: None,
    };
    let provider = SdkTracerProvider::builder().build();
    let subscriber =
        kit::telemetry::subscriber("sample", &config, &provider, move || writer.clone()).unwrap();
    (lines, tracing::subscriber::set_default(subscriber))
}
