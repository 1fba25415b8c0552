//! Liveness and readiness.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use http::StatusCode;
use kit::{Metrics, Readiness};
use serde_json::json;

use crate::support::{get_request, json, routes, send, telemetry};

fn app(readiness: &Readiness) -> Router {
    kit::app(routes(), readiness, &Metrics::new("sample", "r1"))
}

/// A dependency that is up while the flag says so.
fn with_database(up: &Arc<AtomicBool>) -> Readiness {
    let up = up.clone();
    let answer = move |up: bool| {
        if up {
            Ok(())
        } else {
            Err("connection refused")
        }
    };
    Readiness::new()
        .probe("redis", async || Ok::<(), String>(()))
        .probe("postgres", move || {
            std::future::ready(answer(up.load(Ordering::Relaxed)))
        })
}

async fn status(app: &Router, path: &str) -> StatusCode {
    send(app, get_request(path)).await.status()
}

#[tokio::test]
async fn readiness_follows_its_dependency() {
    let up = Arc::new(AtomicBool::new(true));
    let app = app(&with_database(&up));
    assert_eq!(status(&app, "/readyz").await, StatusCode::OK);

    up.store(false, Ordering::Relaxed);
    let response = send(&app, get_request("/readyz")).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    let expected = json!({"status": "unready", "failing": ["postgres"]});
    assert_eq!(json(response).await, expected);
    assert_eq!(status(&app, "/livez").await, StatusCode::OK);

    up.store(true, Ordering::Relaxed);
    assert_eq!(status(&app, "/readyz").await, StatusCode::OK);
}

#[tokio::test]
async fn the_log_speaks_of_changes_only() {
    let (lines, _guard) = telemetry("info");
    let up = Arc::new(AtomicBool::new(true));
    let readiness = with_database(&up);
    for state in [true, false, false, true, true] {
        up.store(state, Ordering::Relaxed);
        readiness.failing().await;
    }
    let lines = lines.all();
    let messages: Vec<_> = lines
        .iter()
        .map(|line| line["message"].as_str().unwrap())
        .collect();
    assert_eq!(
        messages,
        ["dependency is not ready", "dependency is ready again"]
    );
    assert_eq!(lines[0]["dependency"], "postgres");
    assert_eq!(lines[0]["reason"], "connection refused");
}

#[tokio::test]
async fn a_dependency_that_hangs_is_down() {
    let readiness =
        Readiness::new().probe_within("postgres", Duration::from_millis(20), || async {
            std::future::pending::<()>().await;
            Ok::<(), String>(())
        });
    let outcomes = readiness.outcomes().await;
    assert_eq!(outcomes[0].name, "postgres");
    assert_eq!(
        outcomes[0].outcome,
        Err("no answer within 20 ms".to_owned())
    );
}

#[tokio::test]
async fn draining_is_not_ready_but_alive() {
    let readiness = Readiness::new();
    let app = app(&readiness);
    readiness.start_draining();
    let response = send(&app, get_request("/readyz")).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(json(response).await["failing"], json!(["draining"]));
    assert_eq!(
        send(&app, get_request("/livez")).await.status(),
        StatusCode::OK
    );
}
