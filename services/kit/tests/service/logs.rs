//! The shape of log lines.

use crate::support::{TRACE_ID, TRACE_PARENT, app, get_request, send, telemetry};
use axum::body::Body;
use http::Request;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

#[tokio::test]
async fn a_request_is_one_line_with_everything_on_top() {
    let (lines, _guard) = telemetry("info");
    let (app, _) = app();
    let request = Request::get("/items/7?token=abc")
        .header("traceparent", TRACE_PARENT)
        .body(Body::empty())
        .unwrap();
    send(&app, request).await;

    let requests = lines.with_message("request");
    assert_eq!(requests.len(), 1);
    let line = &requests[0];
    assert_eq!(line["service"], "sample");
    assert_eq!(line["release"], "r1");
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["method"], "GET");
    assert_eq!(line["route"], "/items/{id}");
    assert_eq!(
        line["path"], "/items/7",
        "query strings may hold what must not be logged"
    );
    assert_eq!(line["status"], 200);
    assert!(line["duration_ms"].is_f64());
    assert_eq!(line["trace_id"], TRACE_ID);
    assert_eq!(line["span_id"].as_str().unwrap().len(), 16);
    let timestamp = line["timestamp"].as_str().unwrap();
    assert!(timestamp.ends_with('Z'));
    OffsetDateTime::parse(timestamp, &Rfc3339).unwrap();
}

#[tokio::test]
async fn operational_endpoints_leave_no_line() {
    let (lines, _guard) = telemetry("info");
    let (app, _) = app();
    for path in ["/livez", "/readyz", "/metrics"] {
        send(&app, get_request(path)).await;
    }
    assert_eq!(
        lines.with_message("request"),
        Vec::<serde_json::Value>::new()
    );
}

#[tokio::test]
async fn ids_survive_a_filter_that_hides_requests() {
    let (lines, _guard) = telemetry("error");
    let (app, _) = app();
    let request = Request::get("/panic")
        .header("traceparent", TRACE_PARENT)
        .body(Body::empty())
        .unwrap();
    send(&app, request).await;
    assert_eq!(
        lines.with_message("request"),
        Vec::<serde_json::Value>::new()
    );
    let panics = lines.with_message("a request handler panicked");
    assert_eq!(panics.len(), 1);
    assert_eq!(panics[0]["panic"], "the handler is broken");
    assert_eq!(panics[0]["trace_id"], TRACE_ID);
}

#[test]
fn event_fields_keep_their_types_and_cannot_replace_the_fixed_ones() {
    let (lines, _guard) = telemetry("info");
    let error = std::io::Error::other(std::io::Error::other("the cause"));
    let error: &dyn std::error::Error = &error;
    tracing::info!(
        count = 3_u64,
        change = -1_i64,
        ratio = 0.5,
        done = true,
        service = "forged",
        error,
        "mixed"
    );
    let line = &lines.with_message("mixed")[0];
    assert_eq!(line["count"], json!(3));
    assert_eq!(line["change"], json!(-1));
    assert_eq!(line["ratio"], json!(0.5));
    assert_eq!(line["done"], json!(true));
    assert_eq!(line["service"], "sample");
    assert_eq!(line["error"], "the cause");
    assert_eq!(line.get("trace_id"), None, "there is no span here");
}

#[test]
fn line_breaks_stay_inside_the_line() {
    let (lines, _guard) = telemetry("info");
    tracing::info!("first\nsecond");
    assert_eq!(lines.with_message("first\nsecond").len(), 1);
}
