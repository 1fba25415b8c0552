//! Carts.

use http::{Method, StatusCode};
use serde_json::json;
use uuid::Uuid;

use crate::shop::Shop;

#[tokio::test]
async fn a_cart_shows_todays_prices() {
    let shop = Shop::open().await;
    let cart = shop.cart(&[(2, 3), (1, 1)]).await;
    shop.execute("update products set price_amount = 300 where id = 2")
        .await;
    let answer = shop.get(&format!("/api/carts/{cart}")).await;
    assert_eq!(answer.body["id"], cart.as_str());
    let lines: Vec<_> = answer.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            (
                line["product"]["id"].clone(),
                line["quantity"].clone(),
                line["line_total"]["amount"].clone(),
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            (json!(1), json!(1), json!(1000)),
            (json!(2), json!(3), json!(900))
        ]
    );
    assert_eq!(
        answer.body["total"],
        json!({"amount": 1900, "currency": "EUR"})
    );
}

#[tokio::test]
async fn a_number_that_no_product_has_cannot_be_removed_either() {
    let shop = Shop::open().await;
    let cart = shop.cart(&[]).await;
    let path = format!("/api/carts/{cart}/items/0");
    let answer = shop.json(Method::PUT, &path, &json!({"quantity": 0})).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn quantities_are_set_and_removed() {
    let shop = Shop::open().await;
    let cart = shop.cart(&[(1, 5), (1, 2)]).await;
    let path = format!("/api/carts/{cart}/items/1");
    let answer = shop.get(&format!("/api/carts/{cart}")).await;
    assert_eq!(answer.body["items"][0]["quantity"], 2);
    for _ in 0..2 {
        let answer = shop.json(Method::PUT, &path, &json!({"quantity": 0})).await;
        assert_eq!(
            (answer.status, &answer.body["items"]),
            (StatusCode::OK, &json!([]))
        );
    }
    assert_eq!(
        shop.get(&format!("/api/carts/{cart}")).await.status,
        StatusCode::OK,
        "an empty cart is a cart"
    );
    assert_eq!(
        shop.json(Method::PUT, &path, &json!({"quantity": 2.0}))
            .await
            .status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn unknown_carts_and_products_are_not_found() {
    let shop = Shop::open().await;
    let (cart, other) = (shop.cart(&[]).await, Uuid::new_v4());
    let one = json!({"quantity": 1});
    shop.json(Method::PUT, &format!("/api/carts/{cart}/items/99"), &one)
        .await
        .assert_problem(404, "not-found");
    shop.json(Method::PUT, &format!("/api/carts/{other}/items/1"), &one)
        .await
        .assert_problem(404, "not-found");
    shop.get(&format!("/api/carts/{other}"))
        .await
        .assert_problem(404, "not-found");
    shop.get("/api/carts/1")
        .await
        .assert_problem(404, "not-found");
    assert!(
        !shop.has_key(&format!("cart:{other}")).await,
        "a change must not make a cart"
    );
}

#[tokio::test]
async fn a_cart_has_bounds() {
    let shop = Shop::open().await;
    shop.execute(
        "insert into products (id, name, description, category, price_amount, stock)
         select id, 'Mug ' || id, 'Holds tea.', 'kitchen', 500, 1 from generate_series(10, 70) id",
    )
    .await;
    let items: Vec<_> = (10..60).map(|product| (product, 99)).collect();
    let cart = shop.cart(&items).await;
    let one = json!({"quantity": 1});
    let full = shop
        .json(Method::PUT, &format!("/api/carts/{cart}/items/60"), &one)
        .await;
    full.assert_problem(422, "cart-full");
    let changed = shop
        .json(Method::PUT, &format!("/api/carts/{cart}/items/10"), &one)
        .await;
    assert_eq!(
        changed.status,
        StatusCode::OK,
        "what is in it can still be changed"
    );
    for quantity in [
        json!(-1),
        json!(100),
        json!(1.5),
        json!("1"),
        json!(null),
        json!(1e30),
        json!([1]),
    ] {
        let answer = shop
            .json(
                Method::PUT,
                &format!("/api/carts/{cart}/items/10"),
                &json!({"quantity": quantity}),
            )
            .await;
        answer.assert_problem(422, "invalid-request");
    }
}

#[tokio::test]
async fn a_used_cart_lives_on_and_an_unused_one_expires() {
    let shop = Shop::with(
        |settings| settings.cart_ttl_seconds = 1,
        std::sync::Arc::new(backend::payment::Simulated),
    )
    .await;
    let cart = shop.cart(&[(1, 1)]).await;
    let key = format!("cart:{cart}");
    let lifetime = shop.state.cache.run(|mut redis| {
        let key = &key;
        async move {
            redis::cmd("PTTL")
                .arg(key)
                .query_async::<i64>(&mut redis)
                .await
        }
    });
    assert!((1..=1000).contains(&lifetime.await.unwrap()));
    while shop.has_key(&key).await {
        tokio::task::yield_now().await;
    }
    shop.get(&format!("/api/carts/{cart}"))
        .await
        .assert_problem(404, "not-found");
}
