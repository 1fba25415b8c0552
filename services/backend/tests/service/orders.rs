//! Placing, reading and cancelling orders.

use http::{Method, StatusCode};
use serde_json::json;
use uuid::Uuid;

use crate::shop::{SYNTHETIC, Shop, fresh_key, purchase};

#[tokio::test]
async fn a_cart_becomes_an_order() {
    let shop = Shop::open().await;
    let cart = shop.cart(&[(1, 2), (2, 4)]).await;
    let placed = shop.order("first", &purchase(&cart, "tok_ok")).await;
    assert_eq!(placed.status, StatusCode::CREATED, "{:?}", placed.body);
    assert_eq!(placed.body["status"], "paid");
    assert_eq!(
        placed.body["total"],
        json!({"amount": 3000, "currency": "EUR"})
    );
    assert_eq!(
        placed.body["items"][0],
        json!({"product_id": 1, "name": "Bread knife", "quantity": 2,
               "unit_price": {"amount": 1000, "currency": "EUR"}, "line_total": {"amount": 2000, "currency": "EUR"}})
    );
    assert_eq!((shop.stock(1).await, shop.stock(2).await), (8, 96));
    assert!(
        !shop.has_key(&format!("cart:{cart}")).await,
        "a sold cart is gone"
    );
    let stored = shop
        .number("select count(*) from orders where source = 'shop' and not synthetic")
        .await;
    assert_eq!(stored, 1);
}

#[tokio::test]
async fn only_the_buyer_sees_an_order() {
    let shop = Shop::open().await;
    let cart = shop.cart(&[(1, 1)]).await;
    let placed = shop.order("mine", &purchase(&cart, "tok_ok")).await;
    let cart = shop.cart(&[(1, 1)]).await;
    let other = shop.order("other", &purchase(&cart, "tok_ok")).await;
    let path = format!("/api/orders/{}", placed.body["id"].as_str().unwrap());
    let bearer = placed.body["token"].as_str().unwrap();
    let mine = shop.with_bearer(Method::GET, &path, bearer).await;
    assert_eq!(
        (mine.status, &mine.body["id"]),
        (StatusCode::OK, &placed.body["id"])
    );
    assert_eq!(mine.body.get("token"), None, "the bearer is shown once");
    assert_eq!(mine.body["customer"]["address"]["country"], "AT");

    let wrong = other.body["token"].as_str().unwrap();
    let nowhere = format!("/api/orders/{}", Uuid::new_v4());
    for (path, bearer) in [
        (&path, wrong),
        (&path, ""),
        (&path, "a b"),
        (&nowhere, bearer),
    ] {
        shop.with_bearer(Method::GET, path, bearer)
            .await
            .assert_problem(404, "not-found");
        shop.with_bearer(Method::POST, &format!("{path}/cancel"), bearer)
            .await
            .assert_problem(404, "not-found");
    }
    shop.get(&path).await.assert_problem(404, "not-found");
    assert_eq!(shop.stock(1).await, 8, "nobody else can cancel");
}

#[tokio::test]
async fn secrets_are_not_stored() {
    let shop = Shop::open().await;
    let cart = shop.cart(&[(1, 1)]).await;
    let placed = shop
        .order("very-secret-key", &purchase(&cart, "tok_ok"))
        .await;
    let bearer = placed.body["token"].as_str().unwrap();
    let sql = format!(
        "select count(*) from orders o where o::text like '%very-secret-key%' or o::text like '%{bearer}%'
             or position('very-secret-key'::bytea in idempotency_key_hash) > 0"
    );
    assert_eq!(shop.number(&sql).await, 0);
}

#[tokio::test]
async fn cancelling_restores_the_stock_once() {
    let shop = Shop::open().await;
    let cart = shop.cart(&[(1, 4), (2, 1)]).await;
    let placed = shop.order("key", &purchase(&cart, "tok_ok")).await;
    let path = format!("/api/orders/{}/cancel", placed.body["id"].as_str().unwrap());
    let bearer = placed.body["token"].as_str().unwrap();
    let attempts = (0..8).map(|_| shop.with_bearer(Method::POST, &path, bearer));
    for answer in futures_util::future::join_all(attempts).await {
        assert_eq!(
            (answer.status, &answer.body["status"]),
            (StatusCode::OK, &json!("cancelled"))
        );
    }
    assert_eq!((shop.stock(1).await, shop.stock(2).await), (10, 100));
    let replay = shop.order("key", &purchase(&cart, "tok_ok")).await;
    assert_eq!(
        (replay.status, &replay.body["status"]),
        (StatusCode::CREATED, &json!("cancelled"))
    );
}

#[tokio::test]
async fn a_refused_payment_changes_nothing() {
    let shop = Shop::open().await;
    let cart = shop.cart(&[(1, 3)]).await;
    for (token, code) in [
        ("tok_declined", "payment-declined"),
        ("tok_timeout", "payment-timeout"),
        ("tok_unknown", "payment-declined"),
    ] {
        shop.order("again", &purchase(&cart, token))
            .await
            .assert_problem(402, code);
        assert_eq!(shop.stock(1).await, 10);
        assert_eq!(
            shop.get(&format!("/api/carts/{cart}")).await.body["items"][0]["quantity"],
            3
        );
        assert_eq!(shop.number("select count(*) from orders").await, 0);
    }
    let retried = shop.order("again", &purchase(&cart, "tok_ok")).await;
    assert_eq!(
        retried.status,
        StatusCode::CREATED,
        "a refused request does not use its key up"
    );
}

#[tokio::test]
async fn what_cannot_be_sold_is_not_sold() {
    let shop = Shop::open().await;
    let out = shop.cart(&[(1, 11), (2, 1), (3, 1)]).await;
    let answer = shop.order(&fresh_key(), &purchase(&out, "tok_ok")).await;
    answer.assert_problem(409, "out-of-stock");
    assert_eq!(answer.body["products"], json!([1, 3]));
    let empty = shop.cart(&[]).await;
    shop.order(&fresh_key(), &purchase(&empty, "tok_ok"))
        .await
        .assert_problem(422, "cart-empty");
    let gone = Uuid::new_v4().to_string();
    shop.order(&fresh_key(), &purchase(&gone, "tok_ok"))
        .await
        .assert_problem(404, "not-found");
    assert_eq!((shop.stock(1).await, shop.stock(2).await), (10, 100));
}

#[tokio::test]
async fn a_synthetic_order_takes_stock_and_is_no_sale() {
    let shop = Shop::open().await;
    let cart = shop.cart(&[(1, 1)]).await;
    let body = purchase(&cart, "tok_ok");
    let refused = shop
        .order_with("synthetic", &body, &[("shopmicro-synthetic", "wrong")])
        .await;
    refused.assert_problem(403, "synthetic-order-refused");
    let placed = shop
        .order_with("synthetic", &body, &[("shopmicro-synthetic", SYNTHETIC)])
        .await;
    assert_eq!(placed.status, StatusCode::CREATED);
    assert_eq!(shop.stock(1).await, 9);
    assert_eq!(
        shop.number("select count(*) from orders where synthetic")
            .await,
        1
    );
    let metrics = shop.state.metrics.registry.encode().unwrap();
    assert!(
        metrics.contains("shopmicro_orders_placed_total{synthetic=\"true\"} 1"),
        "{metrics}"
    );
    assert!(
        metrics.contains("shopmicro_orders_placed_total{synthetic=\"false\"} 0"),
        "{metrics}"
    );
}
