//! Liveness and readiness.

use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Json;
use axum::response::{IntoResponse, Response};
use futures_util::future::join_all;
use http::StatusCode;
use serde_json::json;

/// How long a probe may take before its dependency counts as down.
pub const PROBE_TIMEOUT: Duration = Duration::from_secs(1);

/// The name under which a draining service reports itself as unready.
const DRAINING: &str = "draining";

type ProbeFuture = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

struct Probe {
    name: &'static str,
    timeout: Duration,
    run: Box<dyn Fn() -> ProbeFuture + Send + Sync>,
    /// What the log said last, so that it speaks of changes only.
    is_failing: AtomicBool,
}

/// The dependencies a service needs before it may get requests. Built once, then cloned freely.
#[derive(Clone, Default)]
pub struct Readiness {
    probes: Vec<Arc<Probe>>,
    draining: Arc<AtomicBool>,
}

/// What one probe found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeOutcome {
    /// The dependency's name.
    pub name: &'static str,
    /// Nothing, or why the dependency cannot be used.
    pub outcome: Result<(), String>,
}

impl Readiness {
    /// A service that is ready as soon as it listens.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a dependency with the default [`PROBE_TIMEOUT`].
    #[must_use]
    pub fn probe<F, Fut, E>(self, name: &'static str, run: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: Display,
    {
        self.probe_within(name, PROBE_TIMEOUT, run)
    }

    /// Adds a dependency whose probe may take `timeout`.
    #[must_use]
    pub fn probe_within<F, Fut, E>(mut self, name: &'static str, timeout: Duration, run: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: Display,
    {
        let boxed = move || -> ProbeFuture {
            let future = run();
            Box::pin(async move { future.await.map_err(|error| error.to_string()) })
        };
        let probe = Probe {
            name,
            timeout,
            run: Box::new(boxed),
            is_failing: AtomicBool::new(false),
        };
        self.probes.push(Arc::new(probe));
        self
    }

    /// Runs all probes at the same time and returns their outcomes in the order in which they were added.
    pub async fn outcomes(&self) -> Vec<ProbeOutcome> {
        join_all(self.probes.iter().map(|probe| probe.outcome())).await
    }

    /// The names of the dependencies that fail now; `draining` is among them after SIGTERM. Logs what has changed.
    pub async fn failing(&self) -> Vec<&'static str> {
        let outcomes = self.outcomes().await;
        for (probe, outcome) in self.probes.iter().zip(&outcomes) {
            probe.log_change(&outcome.outcome);
        }
        let failing = outcomes
            .into_iter()
            .filter(|probe| probe.outcome.is_err())
            .map(|probe| probe.name);
        failing
            .chain(self.is_draining().then_some(DRAINING))
            .collect()
    }

    /// Whether the service has been asked to stop.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// From now on the service is not ready. There is no way back.
    pub fn start_draining(&self) {
        self.draining.store(true, Ordering::Release);
    }
}

impl Probe {
    async fn outcome(&self) -> ProbeOutcome {
        let outcome = match tokio::time::timeout(self.timeout, (self.run)()).await {
            Ok(outcome) => outcome,
            Err(_) => Err(format!("no answer within {} ms", self.timeout.as_millis())),
        };
        ProbeOutcome {
            name: self.name,
            outcome,
        }
    }

    fn log_change(&self, outcome: &Result<(), String>) {
        let was_failing = self.is_failing.swap(outcome.is_err(), Ordering::Relaxed);
        match outcome {
            Err(reason) if !was_failing => {
                tracing::warn!(dependency = self.name, reason, "dependency is not ready");
            }
            Ok(()) if was_failing => {
                tracing::info!(dependency = self.name, "dependency is ready again");
            }
            _ => {}
        }
    }
}

/// `GET /livez`: the process runs.
pub(crate) async fn live() -> Json<serde_json::Value> {
    Json(json!({"status": "alive"}))
}

/// `GET /readyz`: every dependency answers.
pub(crate) async fn ready(readiness: Readiness) -> Response {
    let failing = readiness.failing().await;
    if failing.is_empty() {
        return Json(json!({"status": "ready"})).into_response();
    }
    let body = Json(json!({"status": "unready", "failing": failing}));
    (StatusCode::SERVICE_UNAVAILABLE, body).into_response()
}
