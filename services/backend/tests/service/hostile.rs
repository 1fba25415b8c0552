//! Input that nobody well-meaning would send.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use futures_util::stream;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{Method, Request};
use serde_json::{Value, json};

use crate::shop::{Shop, fresh_key, purchase};

/// A valid order with one value replaced.
fn spoiled(cart: &str, pointer: &str, value: Value) -> Value {
    let mut body = purchase(cart, "tok_ok");
    *body.pointer_mut(pointer).unwrap() = value;
    body
}

#[tokio::test]
async fn no_field_of_an_order_takes_anything() {
    let shop = Shop::open().await;
    let cart = shop.cart(&[(1, 1)]).await;
    let texts = [
        "/customer/name",
        "/customer/email",
        "/customer/address/line1",
        "/customer/address/postal_code",
        "/customer/address/city",
        "/customer/address/country",
        "/payment_token",
    ];
    let values = [
        json!(""),
        json!("   "),
        json!("a\u{0}b"),
        json!("a\u{1b}[2J"),
        json!("a\r\nb"),
        json!("x".repeat(300)),
        json!(null),
        json!(1),
        json!(["a"]),
        json!({"$ne": 1}),
    ];
    for pointer in texts {
        for value in &values {
            let answer = shop
                .order(&fresh_key(), &spoiled(&cart, pointer, value.clone()))
                .await;
            assert_eq!(answer.status, 422, "{pointer} = {value}: {:?}", answer.body);
            assert_eq!(answer.headers[CONTENT_TYPE], "application/problem+json");
        }
    }
    for (pointer, value) in [
        ("/customer/address/country", "XX"),
        ("/customer/address/country", "at"),
        ("/customer/email", "nobody"),
        ("/payment_token", "tok ok"),
        ("/cart_id", "1"),
        ("/cart_id", ""),
    ] {
        shop.order(&fresh_key(), &spoiled(&cart, pointer, json!(value)))
            .await
            .assert_problem(422, "invalid-request");
    }
    assert_eq!(shop.stock(1).await, 10);
}

#[tokio::test]
async fn unknown_fields_are_refused() {
    let shop = Shop::open().await;
    let cart = shop.cart(&[(1, 1)]).await;
    for pointer in ["", "/customer", "/customer/address"] {
        let mut body = purchase(&cart, "tok_ok");
        body.pointer_mut(pointer).unwrap()["price"] = json!(1);
        shop.order(&fresh_key(), &body)
            .await
            .assert_problem(422, "invalid-request");
    }
    let path = format!("/api/carts/{cart}/items/1");
    let answer = shop
        .json(Method::PUT, &path, &json!({"quantity": 1, "price": 1}))
        .await;
    answer.assert_problem(422, "invalid-request");
}

#[tokio::test]
async fn bodies_are_json_and_small() {
    let shop = Shop::open().await;
    let cart = shop.cart(&[(1, 1)]).await;
    let path = format!("/api/carts/{cart}/items/1");
    let huge = format!("{{\"quantity\": 1{}}}", " ".repeat(64 * 1024));
    let deep = "[".repeat(10_000);
    for (media_type, body, status, code) in [
        ("application/json", huge.as_str(), 413, "body-too-large"),
        (
            "text/plain",
            "{\"quantity\": 1}",
            415,
            "unsupported-media-type",
        ),
        ("application/json", "{\"quantity\": ", 400, "bad-request"),
        ("application/json", "", 400, "bad-request"),
        ("application/json", &deep, 400, "bad-request"),
        ("application/json", "\u{feff}{}", 400, "bad-request"),
        ("application/json", "[]", 422, "invalid-request"),
        ("application/json", "[1]", 422, "invalid-request"),
        ("application/json", "1", 422, "invalid-request"),
        (
            "application/json",
            "{\"quantity\": 1, \"quantity\": 2}",
            422,
            "invalid-request",
        ),
    ] {
        let request = Request::put(&path)
            .header(CONTENT_TYPE, media_type)
            .body(Body::from(body.to_owned()));
        let answer = shop.send(request.unwrap()).await;
        assert_eq!(
            answer.status.as_u16(),
            status,
            "{:.40}: {:?}",
            body,
            answer.body
        );
        answer.assert_problem(status, code);
    }
}

#[tokio::test]
async fn a_body_that_is_announced_too_large_is_not_waited_for() {
    let shop = Shop::open().await;
    let never = stream::pending::<Result<Bytes, Infallible>>();
    let request = Request::post("/api/orders")
        .header(CONTENT_TYPE, "application/json")
        .header(CONTENT_LENGTH, 64 * 1024 * 1024)
        .body(Body::from_stream(never));
    shop.send(request.unwrap())
        .await
        .assert_problem(413, "body-too-large");
}

#[tokio::test]
async fn no_search_breaks_the_database() {
    let shop = Shop::open().await;
    for search in [
        "'; drop table products; --",
        "a' & !b | (c <-> d):*",
        "\\",
        "%",
        "::",
        "''''",
        "knife:*A",
        "\u{202e}\u{1f52a}\u{fb01}",
        "İIıi ß Ǆ",
        "the of and",
        "x-y_z@example.com/a?b=c",
        &"a ".repeat(50),
        &"\u{10ffff}".repeat(100),
    ] {
        let encoded: Vec<_> = search.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let answer = shop
            .get(&format!("/api/products?search={}", encoded.concat()))
            .await;
        assert_eq!(answer.status, 200, "{search:?}: {:?}", answer.body);
    }
    assert_eq!(shop.number("select count(*) from products").await, 3);
}
