//! W3C trace context in and out.

use axum::body::Body;
use http::Request;

use crate::support::{TRACE_ID, TRACE_PARENT, app, get_request, send, telemetry, text};

#[tokio::test]
async fn a_valid_traceparent_is_continued_with_a_span_of_our_own() {
    let (_lines, _guard) = telemetry("info");
    let (app, _) = app();
    let request = Request::get("/traceparent")
        .header("traceparent", TRACE_PARENT)
        .body(Body::empty())
        .unwrap();
    let sent = text(send(&app, request).await).await;
    let parts: Vec<_> = sent.split('-').collect();
    assert_eq!(parts[..2], ["00", TRACE_ID]);
    assert_ne!(
        parts[2], "00f067aa0ba902b7",
        "the span is the caller's, not ours"
    );
    assert_eq!(parts[3], "01");
}

#[tokio::test]
async fn an_invalid_traceparent_starts_a_new_trace() {
    let (_lines, _guard) = telemetry("info");
    let (app, _) = app();
    let zeros = "00-00000000000000000000000000000000-00f067aa0ba902b7-01";
    for invalid in [
        "nonsense",
        "00-short-00f067aa0ba902b7-01",
        zeros,
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ] {
        let request = Request::get("/traceparent")
            .header("traceparent", invalid)
            .body(Body::empty())
            .unwrap();
        let sent = text(send(&app, request).await).await;
        let trace_id = sent.split('-').nth(1).unwrap().to_owned();
        assert_eq!(trace_id.len(), 32, "{invalid}");
        assert!(
            ![TRACE_ID, "00000000000000000000000000000000"].contains(&trace_id.as_str()),
            "{invalid}"
        );
    }
}

#[tokio::test]
async fn each_request_without_traceparent_is_a_trace_of_its_own() {
    let (_lines, _guard) = telemetry("info");
    let (app, _) = app();
    let first = text(send(&app, get_request("/traceparent")).await).await;
    let second = text(send(&app, get_request("/traceparent")).await).await;
    assert_ne!(first.split('-').nth(1), second.split('-').nth(1));
}

#[tokio::test]
async fn an_unsampled_trace_stays_unsampled_and_keeps_its_id() {
    let (_lines, _guard) = telemetry("info");
    let (app, _) = app();
    let unsampled = TRACE_PARENT.replace("-01", "-00");
    let request = Request::get("/traceparent")
        .header("traceparent", unsampled)
        .body(Body::empty())
        .unwrap();
    let sent = text(send(&app, request).await).await;
    assert!(sent.starts_with(&format!("00-{TRACE_ID}-")), "{sent}");
    assert!(sent.ends_with("-00"), "{sent}");
}
