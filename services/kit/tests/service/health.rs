//! Liveness and readiness.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use http::StatusCode;
use kit::{Metrics, Readiness};
use serde_json::json;

use crate::support::{get_request, json, routes, send};

fn app(readiness: &Readiness) -> Router {
    kit::app(routes(), readiness, &Metrics::new("sample", "r1"))
}

#[tokio::test]
async fn readiness_follows_its_dependency() {
    let up = Arc::new(AtomicBool::new(true));
    let state = up.clone();
    let readiness = Readiness::new()
        .probe("redis", async || Ok::<(), String>(()))
        .probe("postgres", move || {
            let up = state.load(Ordering::Relaxed);
            async move {
                if up {
                    Ok(())
                } else {
                    Err("connection refused")
                }
            }
        });
    let app = app(&readiness);
    assert_eq!(
        send(&app, get_request("/readyz")).await.status(),
        StatusCode::OK
    );

    up.store(false, Ordering::Relaxed);
    let response = send(&app, get_request("/readyz")).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        json(response).await,
        json!({"status": "unready", "failing": ["postgres"]})
    );
    assert_eq!(
        send(&app, get_request("/livez")).await.status(),
        StatusCode::OK
    );

    up.store(true, Ordering::Relaxed);
    assert_eq!(
        send(&app, get_request("/readyz")).await.status(),
        StatusCode::OK
    );
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
