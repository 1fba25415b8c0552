//! Categories, products, search, pictures, description.

use axum::body::Body;
use http::header::{ETAG, IF_NONE_MATCH};
use http::{Request, StatusCode};
use serde_json::json;

use crate::shop::Shop;

#[tokio::test]
async fn categories_come_in_the_shops_order_with_their_sizes() {
    let shop = Shop::open().await;
    let answer = shop.get("/api/categories").await;
    assert_eq!(
        answer.body,
        json!({"items": [
            {"id": "kitchen", "name": "Kitchen", "products": 2},
            {"id": "garden", "name": "Garden", "products": 1},
        ]})
    );
}

#[tokio::test]
async fn a_product_is_as_the_contract_says() {
    let shop = Shop::open().await;
    let answer = shop.get("/api/products/1").await;
    assert_eq!(
        answer.body,
        json!({
            "id": 1, "name": "Bread knife", "description": "Cuts bread.", "category": "kitchen",
            "price": {"amount": 1000, "currency": "EUR"}, "stock": 10, "image": "/api/products/1/image.svg",
        })
    );
    for unknown in [
        "4",
        "0",
        "-1",
        "2147483648",
        "99999999999999999999",
        "abc",
        "1.5",
        "%00",
        "%ff",
    ] {
        shop.get(&format!("/api/products/{unknown}"))
            .await
            .assert_problem(404, "not-found");
    }
}

#[tokio::test]
async fn search_finds_stems_and_beginnings_and_ranks_names_first() {
    let shop = Shop::open().await;
    for (search, found) in [
        ("knives", vec![1, 3]),
        ("kni", vec![1, 3]),
        ("BREAD kn", vec![1]),
        ("the spoon", vec![2]),
        ("garden", vec![3]),
        ("stirring", vec![2]),
        ("plant", vec![3]),
        ("chair", vec![]),
        ("", vec![1, 2, 3]),
        ("%20%20", vec![1, 2, 3]),
        ("%26%7C!()", vec![]),
    ] {
        let answer = shop
            .get(&format!(
                "/api/products?search={}",
                search.replace(' ', "+")
            ))
            .await;
        assert_eq!(answer.ids(), found, "{search:?}");
        assert_eq!(answer.body["total"], found.len());
    }
}

#[tokio::test]
async fn products_are_filtered_sorted_and_paged() {
    let shop = Shop::open().await;
    for (query, found) in [
        ("category=kitchen", vec![1, 2]),
        ("category=nowhere", vec![]),
        ("search=knife&category=garden", vec![3]),
        ("sort=price", vec![2, 1, 3]),
        ("sort=-price", vec![3, 1, 2]),
        ("sort=name", vec![1, 3, 2]),
        ("sort=newest", vec![3, 2, 1]),
        ("per_page=2&page=2", vec![3]),
        ("page=10000", vec![]),
    ] {
        assert_eq!(
            shop.get(&format!("/api/products?{query}")).await.ids(),
            found,
            "{query}"
        );
    }
    let beyond = shop.get("/api/products?page=7&per_page=1").await;
    assert_eq!(
        beyond.body,
        json!({"items": [], "page": 7, "per_page": 1, "total": 3})
    );
}

#[tokio::test]
async fn pages_hold_every_product_once_even_among_equals() {
    let shop = Shop::open().await;
    shop.execute(
        "insert into products (id, name, description, category, price_amount, stock)
         select id, 'Same mug', 'Holds tea.', 'kitchen', 500, 1 from generate_series(10, 209) id",
    )
    .await;
    for query in [
        "search=mug",
        "sort=price",
        "sort=name",
        "sort=newest",
        "category=kitchen",
    ] {
        let mut seen = Vec::new();
        for page in 1..=30 {
            seen.extend(
                shop.get(&format!("/api/products?{query}&per_page=7&page={page}"))
                    .await
                    .ids(),
            );
        }
        let total = shop
            .get(&format!("/api/products?{query}&per_page=1"))
            .await
            .body["total"]
            .as_u64()
            .unwrap();
        seen.sort_unstable();
        let count = seen.len();
        seen.dedup();
        assert_eq!((seen.len(), count as u64), (count, total), "{query}");
    }
}

#[tokio::test]
async fn bad_parameters_are_refused() {
    let shop = Shop::open().await;
    for (query, status, code) in [
        ("page=0", 422, "invalid-request"),
        ("page=10001", 422, "invalid-request"),
        ("per_page=0", 422, "invalid-request"),
        ("per_page=101", 422, "invalid-request"),
        ("per_page=-1", 400, "bad-request"),
        ("page=4294967296", 400, "bad-request"),
        ("page=one", 400, "bad-request"),
        ("page=1&page=2", 400, "bad-request"),
        ("sort=best", 400, "bad-request"),
        ("search=a%00b", 422, "invalid-request"),
        ("category=%00", 422, "invalid-request"),
        ("search=%ff", 400, "bad-request"),
    ] {
        let answer = shop.get(&format!("/api/products?{query}")).await;
        if query == "search=%ff" {
            // Not UTF-8: form decoding replaces what it cannot read, and such a word is in no product.
            assert_eq!(answer.ids(), Vec::<i64>::new());
        } else {
            answer.assert_problem(status, code);
        }
    }
    let long = shop
        .get(&format!("/api/products?search={}", "x".repeat(101)))
        .await;
    long.assert_problem(422, "invalid-request");
}

#[tokio::test]
async fn pictures_can_be_cached() {
    let shop = Shop::open().await;
    shop.execute("update products set artwork = 'knife:oak' where id = 1")
        .await;
    let first = shop.get("/api/products/1/image.svg").await;
    assert_eq!(first.headers["content-type"], "image/svg+xml");
    assert!(first.body.as_str().unwrap().starts_with("<svg "));
    assert_ne!(first.body, shop.get("/api/products/2/image.svg").await.body);
    let again =
        Request::get("/api/products/1/image.svg").header(IF_NONE_MATCH, &first.headers[ETAG]);
    let again = shop.send(again.body(Body::empty()).unwrap()).await;
    assert_eq!(
        (again.status, again.body.as_str()),
        (StatusCode::NOT_MODIFIED, Some(""))
    );
    shop.get("/api/products/77/image.svg")
        .await
        .assert_problem(404, "not-found");
}

#[tokio::test]
async fn a_changed_stock_shows_at_once_although_products_are_cached() {
    let shop = Shop::open().await;
    assert_eq!(shop.get("/api/products/1").await.body["stock"], 10);
    assert!(shop.has_key("product:1").await);
    let cart = shop.cart(&[(1, 3)]).await;
    let order = shop
        .order("key", &crate::shop::purchase(&cart, "tok_ok"))
        .await;
    assert_eq!(shop.get("/api/products/1").await.body["stock"], 7);
    let path = format!("/api/orders/{}/cancel", order.body["id"].as_str().unwrap());
    shop.with_bearer(
        http::Method::POST,
        &path,
        order.body["token"].as_str().unwrap(),
    )
    .await;
    assert_eq!(shop.get("/api/products/1").await.body["stock"], 10);
}

#[tokio::test]
async fn unknown_routes_and_methods_are_problems() {
    let shop = Shop::open().await;
    shop.get("/api/nothing")
        .await
        .assert_problem(404, "not-found");
    shop.get("/").await.assert_problem(404, "not-found");
    let delete = shop
        .send(
            Request::delete("/api/products/1")
                .body(Body::empty())
                .unwrap(),
        )
        .await;
    delete.assert_problem(405, "method-not-allowed");
    assert_eq!(delete.headers["allow"], "GET,HEAD");
}

#[tokio::test]
async fn the_description_names_every_route_once() {
    let shop = Shop::open().await;
    let answer = shop.get("/api/openapi.json").await;
    assert_eq!(answer.status, StatusCode::OK);
    let paths = answer.body["paths"].as_object().unwrap();
    let mut ids: Vec<_> = paths
        .values()
        .flat_map(|path| path.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), 13);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 13);
    let text = answer.body.to_string();
    assert!(!text.contains("\"<"), "a named pattern was not resolved");
}
