//! Dependencies that are gone, or late.

use std::time::Duration;

use axum::body::Body;
use database::Address;
use http::header::RETRY_AFTER;
use http::{Request, StatusCode};
use kit::testing::{Postgres, Redis};
use serde_json::json;

use crate::shop::{Shop, purchase, settings};
use crate::slow::SlowWay;

#[tokio::test]
async fn without_redis_browsing_goes_on_and_carts_ask_for_patience() {
    let shop = Shop::open().await;
    let cart = shop.cart(&[(1, 1)]).await;
    shop.redis.stop();
    for path in [
        "/api/products",
        "/api/products/1",
        "/api/categories",
        "/api/products/1/recommendations",
    ] {
        assert_eq!(shop.get(path).await.status, StatusCode::OK, "{path}");
    }
    let create = shop
        .send(Request::post("/api/carts").body(Body::empty()).unwrap())
        .await;
    let order = shop.order("key", &purchase(&cart, "tok_ok")).await;
    for answer in [create, order, shop.get(&format!("/api/carts/{cart}")).await] {
        answer.assert_problem(503, "unavailable");
        assert_eq!(answer.headers[RETRY_AFTER], "1");
    }
    let health = shop.get("/api/health").await;
    assert_eq!(health.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(health.body["status"], "down");
    assert_eq!(health.body["dependencies"]["redis"], "down");
    assert_eq!(shop.state.readiness.failing().await, ["redis"]);

    shop.redis.restart();
    while !shop.state.readiness.failing().await.is_empty() {
        tokio::task::yield_now().await;
    }
    let cart = shop.cart(&[(1, 1)]).await;
    assert_eq!(
        shop.order("key", &purchase(&cart, "tok_ok")).await.status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn a_probe_that_waits_for_redis_turns_no_customer_away() {
    let mut shop = Shop::open().await;
    let way = SlowWay::to(shop.redis.port()).await;
    let address = shop.state.settings.database.clone();
    let url = format!("redis://127.0.0.1:{}/0", way.port);
    shop.state = backend::state::AppState::connect(settings(&address, &url)).unwrap();
    shop.app = backend::app::app(shop.state.clone());
    shop.cart(&[(1, 1)]).await;

    way.delay(Duration::from_millis(400));
    let failing = shop.state.readiness.failing().await;
    assert!(failing.is_empty(), "alive, if late: {failing:?}");
    way.delay(Duration::ZERO);
    let cart = shop.cart(&[(1, 1)]).await;

    // A customer does not wait that long, and whoever has been turned away is let in after the next sign of life.
    way.delay(Duration::from_millis(400));
    let late = shop.get(&format!("/api/carts/{cart}")).await;
    late.assert_problem(503, "unavailable");
    way.delay(Duration::ZERO);
    assert!(shop.state.readiness.failing().await.is_empty());
    shop.cart(&[(1, 1)]).await;
}

#[tokio::test]
async fn the_process_lives_before_its_dependencies_do() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = listener.local_addr().unwrap();
    drop(listener);
    let settings = settings(
        &Address::parse(&format!("postgres://postgres@{closed}/shop"), None).unwrap(),
        &format!("redis://{closed}"),
    );
    let state = backend::state::AppState::connect(settings).unwrap();
    let mut failing = state.readiness.failing().await;
    failing.sort_unstable();
    assert_eq!(failing, ["postgres", "redis"]);
}

#[tokio::test]
async fn without_postgresql_the_shop_asks_for_patience_and_recovers() {
    let postgres = Postgres::start();
    let redis = Redis::start();
    let address = postgres.address();
    backend::store::migrations::run(&address).await.unwrap();
    let state = backend::state::AppState::connect(settings(&address, &redis.url())).unwrap();
    let shop = Shop {
        app: backend::app::app(state.clone()),
        state,
        redis,
    };
    assert_eq!(shop.get("/api/categories").await.status, StatusCode::OK);
    postgres.stop();
    let answer = shop.get("/api/categories").await;
    answer.assert_problem(503, "unavailable");
    assert_eq!(
        shop.get("/api/health").await.body["dependencies"]["postgres"],
        "down"
    );
    postgres.restart();
    while !shop.state.readiness.failing().await.is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(shop.get("/api/categories").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_healthy_shop_without_a_model_is_degraded() {
    let shop = Shop::open().await;
    let health = shop.get("/api/health").await;
    assert_eq!(health.status, StatusCode::OK);
    assert_eq!(
        health.body,
        json!({"status": "degraded", "release": "test",
               "dependencies": {"postgres": "ok", "redis": "ok", "ml-service": "down"}})
    );
}
