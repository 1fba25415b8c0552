//! Recommendations, with and without a model.

use std::future::Future;

use axum::Router;
use axum::routing::post;
use backend::payment::Simulated;
use kit::extract::Json;
use serde_json::{Value, json};

use crate::shop::{SYNTHETIC, Shop, purchase};

/// A shop whose ml-service answers like this.
async fn shop_with_model<Fut>(answer: impl Fn(Value) -> Fut + Clone + Send + Sync + 'static) -> Shop
where
    Fut: Future<Output = Json<Value>> + Send + 'static,
{
    let model = Router::new().route(
        "/recommendations",
        post(async move |Json(question): Json<Value>| answer(question).await),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, model).await });
    let shop = Shop::with(
        |settings| {
            settings.ml_service_url = Some(url.parse().unwrap());
            // Slow test machines must not turn an answer into silence.
            settings.ml_service_timeout = std::time::Duration::from_secs(2);
        },
        std::sync::Arc::new(Simulated),
    )
    .await;
    shop.execute("update products set stock = 50").await;
    shop
}

#[tokio::test]
async fn the_models_choice_is_shown_in_its_order() {
    let shop = shop_with_model(async |question| {
        assert_eq!(question["items"], json!([2]));
        Json(json!({"model": "v7", "items": [{"id": 3, "score": 0.9}, {"id": 99, "score": 0.8}, {"id": 2}, {"id": 1}]}))
    })
    .await;
    let answer = shop.get("/api/products/2/recommendations?limit=5").await;
    assert_eq!(
        (answer.ids(), &answer.body["model"]),
        (vec![3, 1], &json!("v7")),
        "unknown ones and itself left out"
    );
    assert_eq!(
        shop.get("/api/products/2/recommendations?limit=1")
            .await
            .ids(),
        [3]
    );
}

#[tokio::test]
async fn a_cart_asks_the_model_for_everything_in_it() {
    let shop = shop_with_model(async |question| {
        assert_eq!(question["items"], json!([1, 2]));
        Json(json!({"model": "v7", "items": [{"id": 3}]}))
    })
    .await;
    let cart = shop.cart(&[(2, 1), (1, 1)]).await;
    let answer = shop
        .get(&format!("/api/carts/{cart}/recommendations"))
        .await;
    assert_eq!(
        (answer.ids(), &answer.body["model"]),
        (vec![3], &json!("v7"))
    );
    let empty = shop.cart(&[]).await;
    let answer = shop
        .get(&format!("/api/carts/{empty}/recommendations"))
        .await;
    assert_eq!(answer.body["model"], "popularity");
}

#[tokio::test]
async fn what_is_sold_out_is_not_recommended() {
    let shop =
        shop_with_model(async |_| Json(json!({"model": "v7", "items": [{"id": 3}, {"id": 1}]})))
            .await;
    shop.execute("update products set stock = 0 where id = 3")
        .await;
    assert_eq!(shop.get("/api/products/2/recommendations").await.ids(), [1]);
}

#[tokio::test]
async fn a_silent_model_is_not_waited_for() {
    let model = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", model.local_addr().unwrap());
    let shop = Shop::with(
        |settings| settings.ml_service_url = Some(url.parse().unwrap()),
        std::sync::Arc::new(Simulated),
    )
    .await;
    // The listener accepts in its backlog and never answers.
    let answer = shop.get("/api/products/1/recommendations").await;
    assert_eq!(
        (answer.ids(), &answer.body["model"]),
        (vec![2], &json!("popularity"))
    );
    drop(model);
    let answer = shop.get("/api/products/1/recommendations").await;
    assert_eq!(answer.body["model"], "popularity");
}

#[tokio::test]
async fn a_model_that_is_late_with_a_sign_of_life_is_well() {
    let ready = async || tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    let model = Router::new().route("/readyz", axum::routing::get(ready));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, model).await });
    let shop = Shop::with(
        |settings| settings.ml_service_url = Some(url.parse().unwrap()),
        std::sync::Arc::new(Simulated),
    )
    .await;
    assert_eq!(shop.get("/api/health").await.body["status"], "ok");
}

#[tokio::test]
async fn nonsense_from_the_model_is_ignored() {
    let shop = shop_with_model(async |_| Json(json!({"items": "all of them"}))).await;
    assert_eq!(
        shop.get("/api/products/1/recommendations").await.body["model"],
        "popularity"
    );
}

#[tokio::test]
async fn popularity_counts_paid_orders_of_people_only() {
    let shop = Shop::open().await;
    shop.execute("update products set stock = 100").await;
    for key in ["1", "2"] {
        let cart = shop.cart(&[(3, 1)]).await;
        shop.order(key, &purchase(&cart, "tok_ok")).await;
    }
    let cart = shop.cart(&[(2, 1)]).await;
    shop.order("3", &purchase(&cart, "tok_ok")).await;
    for key in ["4", "5", "6"] {
        let cart = shop.cart(&[(1, 1)]).await;
        let body = purchase(&cart, "tok_ok");
        shop.order_with(key, &body, &[("shopmicro-synthetic", SYNTHETIC)])
            .await;
    }
    let empty = shop.cart(&[]).await;
    assert_eq!(
        shop.get(&format!("/api/carts/{empty}/recommendations"))
            .await
            .ids(),
        [3, 2, 1]
    );
}

#[tokio::test]
async fn the_limit_has_bounds_and_the_product_must_exist() {
    let shop = Shop::open().await;
    for limit in ["0", "51"] {
        let answer = shop
            .get(&format!("/api/products/1/recommendations?limit={limit}"))
            .await;
        answer.assert_problem(422, "invalid-request");
    }
    shop.get("/api/products/1/recommendations?limit=x")
        .await
        .assert_problem(400, "bad-request");
    shop.get("/api/products/99/recommendations")
        .await
        .assert_problem(404, "not-found");
}
