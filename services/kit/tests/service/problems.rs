//! Errors as clients see them.

use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{Request, StatusCode};
use kit::Problem;
use kit::extract::{Json, Path, Query};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::support::{TRACE_ID, TRACE_PARENT, app, get_request, json, send, telemetry};

#[derive(Deserialize, Serialize)]
struct Quantity {
    quantity: u8,
}

fn quantities() -> Router {
    Router::new()
        .route(
            "/quantities",
            post(async |Json(body): Json<Quantity>| Json(body)),
        )
        .route(
            "/quantities",
            get(async |Query(query): Query<Quantity>| Json(query)),
        )
        .route(
            "/quantities/{quantity}",
            get(async |Path(quantity): Path<u8>| Json(Quantity { quantity })),
        )
}

#[tokio::test]
async fn a_problem_has_the_members_of_rfc_9457_and_its_own() {
    let problem = Problem::new(
        StatusCode::CONFLICT,
        "out-of-stock",
        "Not enough pieces left",
    )
    .detail("2 of 3 products")
    .with("products", json!([1, 2]));
    let response = problem.into_response();
    assert_eq!(response.status(), StatusCode::CONFLICT);
    assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    let expected = json!({
        "type": "urn:shopmicro:problem:out-of-stock", "code": "out-of-stock", "title": "Not enough pieces left",
        "status": 409, "detail": "2 of 3 products", "products": [1, 2],
    });
    assert_eq!(json(response).await, expected);
}

#[test]
fn unavailability_says_when_to_try_again() {
    let response = Problem::unavailable("carts are not available", 5).into_response();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()[RETRY_AFTER], "5");
}

#[tokio::test]
async fn a_panic_becomes_a_problem_that_names_its_trace_and_nothing_else() {
    let (_lines, _guard) = telemetry("off");
    let (app, _) = app();
    let request = Request::get("/panic")
        .header("traceparent", TRACE_PARENT)
        .body(Body::empty())
        .unwrap();
    let response = send(&app, request).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let body = json(response).await;
    assert_eq!(body["code"], "internal-error");
    assert_eq!(body["trace_id"], TRACE_ID);
    assert!(!body.to_string().contains("broken"), "{body}");
}

#[tokio::test]
async fn rejected_inputs_are_problems() {
    let app = quantities();
    let send_json = async |body: &'static str, kind: &str| {
        let request = Request::post("/quantities")
            .header(CONTENT_TYPE, kind)
            .body(Body::from(body))
            .unwrap();
        let response = send(&app, request).await;
        (
            response.status().as_u16(),
            json(response).await["code"].as_str().unwrap().to_owned(),
        )
    };
    let json_kind = "application/json";
    assert_eq!(send_json("{", json_kind).await, (400, "bad-request".into()));
    assert_eq!(
        send_json(r#"{"quantity":-1}"#, json_kind).await,
        (422, "invalid-request".into())
    );
    assert_eq!(
        send_json(r#"{"quantity":1}"#, "text/plain").await,
        (415, "unsupported-media-type".into())
    );
    let large: &'static str =
        Box::leak(format!(r#"{{"quantity":{}}}"#, " ".repeat(3_000_000)).into_boxed_str());
    assert_eq!(
        send_json(large, json_kind).await,
        (413, "body-too-large".into())
    );
    for path in ["/quantities?quantity=x", "/quantities/x"] {
        let response = send(&app, get_request(path)).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(json(response).await["code"], "bad-request", "{path}");
    }
}

#[tokio::test]
async fn accepted_inputs_pass() {
    let app = quantities();
    let body = Body::from(r#"{"quantity":1}"#);
    let request = Request::post("/quantities")
        .header(CONTENT_TYPE, "application/json")
        .body(body)
        .unwrap();
    assert_eq!(
        json(send(&app, request).await).await,
        json!({"quantity": 1})
    );
    for path in ["/quantities?quantity=2", "/quantities/2"] {
        assert_eq!(
            json(send(&app, get_request(path)).await).await,
            json!({"quantity": 2}),
            "{path}"
        );
    }
}
