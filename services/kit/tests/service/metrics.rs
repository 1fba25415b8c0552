//! What `/metrics` says.

use axum::body::Body;
use http::header::CONTENT_TYPE;
use http::{Method, Request};
use kit::metrics::prometheus_client::metrics::counter::Counter;

use crate::support::{TRACE_ID, TRACE_PARENT, app, get_request, send, telemetry, text};

fn line<'a>(metrics: &'a str, start: &str) -> &'a str {
    metrics
        .lines()
        .find(|line| line.starts_with(start))
        .unwrap_or_else(|| panic!("no `{start}` in\n{metrics}"))
}

#[tokio::test]
async fn requests_are_counted_by_route_and_status() {
    let (app, _) = app();
    send(&app, get_request("/items/1")).await;
    send(&app, get_request("/items/2")).await;
    let response = send(&app, get_request("/metrics")).await;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(response.headers()[CONTENT_TYPE], kind);
    let metrics = text(response).await;
    let labels = r#"{method="GET",route="/items/{id}",status="200"}"#;
    assert!(line(&metrics, &format!("shopmicro_http_requests_total{labels}")).ends_with(" 2"));
    let labels = r#"{method="GET",route="/items/{id}"}"#;
    assert!(
        line(
            &metrics,
            &format!("shopmicro_http_request_duration_seconds_count{labels}")
        )
        .ends_with(" 2")
    );
    assert!(line(&metrics, "shopmicro_http_requests_in_flight ").ends_with(" 0"));
    let version = env!("CARGO_PKG_VERSION");
    let build =
        format!(r#"shopmicro_build_info{{service="sample",release="r1",version="{version}"}} 1"#);
    assert_eq!(line(&metrics, "shopmicro_build_info"), build);
    assert!(metrics.ends_with("# EOF\n"));
}

#[tokio::test]
async fn durations_carry_the_trace_id_as_exemplar() {
    let (_lines, _guard) = telemetry("info");
    let (app, metrics) = app();
    let request = Request::get("/items/1")
        .header("traceparent", TRACE_PARENT)
        .body(Body::empty())
        .unwrap();
    send(&app, request).await;
    let text = metrics.encode().unwrap();
    let exemplar = format!(r#" # {{trace_id="{TRACE_ID}"}} "#);
    let carriers: Vec<_> = text
        .lines()
        .filter(|line| line.contains(&exemplar))
        .collect();
    assert_eq!(carriers.len(), 1, "{text}");
    assert!(
        carriers[0].starts_with("shopmicro_http_request_duration_seconds_bucket{"),
        "{}",
        carriers[0]
    );
}

#[tokio::test]
async fn hostile_paths_and_methods_make_no_new_time_series() {
    let (app, metrics) = app();
    for number in 0..50 {
        send(&app, get_request(&format!("/nowhere/{number}"))).await;
        let method = Method::from_bytes(format!("METHOD{number}").as_bytes()).unwrap();
        send(
            &app,
            Request::builder()
                .method(method)
                .uri("/items/1")
                .body(Body::empty())
                .unwrap(),
        )
        .await;
    }
    let text = metrics.encode().unwrap();
    let series: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with("shopmicro_http_requests_total"))
        .collect();
    assert_eq!(series.len(), 2, "{series:#?}");
    let unmatched =
        r#"shopmicro_http_requests_total{method="GET",route="unmatched",status="404"} 50"#;
    assert!(series.contains(&unmatched));
    let other =
        r#"shopmicro_http_requests_total{method="OTHER",route="/items/{id}",status="405"} 50"#;
    assert!(series.contains(&other));
}

#[tokio::test]
async fn operational_endpoints_are_not_counted() {
    let (app, metrics) = app();
    for path in ["/livez", "/readyz", "/metrics"] {
        send(&app, get_request(path)).await;
    }
    let text = metrics.encode().unwrap();
    assert!(!text.contains("shopmicro_http_requests_total{"), "{text}");
}

#[tokio::test]
async fn a_panic_is_counted_as_a_server_error_and_leaves_nothing_in_flight() {
    let (app, metrics) = app();
    send(&app, get_request("/panic")).await;
    let text = metrics.encode().unwrap();
    let labels = r#"{method="GET",route="/panic",status="500"}"#;
    assert!(line(&text, &format!("shopmicro_http_requests_total{labels}")).ends_with(" 1"));
    assert!(line(&text, "shopmicro_http_requests_in_flight ").ends_with(" 0"));
}

#[test]
fn a_service_adds_its_own_metrics() {
    let (_, metrics) = app();
    let orders: Counter = metrics.register("orders_placed", "Orders placed", Counter::default());
    orders.inc();
    assert_eq!(
        line(&metrics.encode().unwrap(), "shopmicro_orders_placed_total"),
        "shopmicro_orders_placed_total 1"
    );
}
