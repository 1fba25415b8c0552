//! Many buyers at once.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use http::StatusCode;

use crate::shop::{Shop, fresh_key, purchase};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thirty_two_buyers_share_ten_pieces() {
    let shop = Shop::open().await;
    let carts = join_all((0..32).map(|_| shop.cart(&[(1, 1), (2, 1)]))).await;
    let bodies: Vec<_> = carts.iter().map(|cart| purchase(cart, "tok_ok")).collect();
    let keys: Vec<_> = bodies.iter().map(|_| fresh_key()).collect();
    let answers = join_all(
        keys.iter()
            .zip(&bodies)
            .map(|(key, body)| shop.order(key, body)),
    )
    .await;
    let sold = answers
        .iter()
        .filter(|answer| answer.status == StatusCode::CREATED)
        .count();
    for answer in answers
        .iter()
        .filter(|answer| answer.status != StatusCode::CREATED)
    {
        answer.assert_problem(409, "out-of-stock");
    }
    assert_eq!(sold, 10);
    assert_eq!((shop.stock(1).await, shop.stock(2).await), (0, 90));
    assert_eq!(
        shop.number("select sum(quantity) from order_lines where product_id = 1")
            .await,
        10
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cart_is_sold_once_under_many_keys() {
    let shop = Shop::open().await;
    let cart = shop.cart(&[(2, 1)]).await;
    let body = purchase(&cart, "tok_ok");
    let keys: Vec<_> = (0..16).map(|_| fresh_key()).collect();
    let answers = join_all(keys.iter().map(|key| shop.order(key, &body))).await;
    let statuses: BTreeSet<_> = answers
        .iter()
        .map(|answer| answer.status.as_u16())
        .collect();
    assert_eq!(
        answers
            .iter()
            .filter(|answer| answer.status == StatusCode::CREATED)
            .count(),
        1
    );
    assert!(
        statuses.is_subset(&BTreeSet::from([201, 404, 409])),
        "{statuses:?}"
    );
    assert_eq!(shop.stock(2).await, 99);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn opposite_carts_do_not_block_each_other() {
    let shop = Shop::open().await;
    shop.execute("update products set stock = 1000").await;
    let carts = join_all((0..24).map(|number| {
        let shop = &shop;
        async move {
            let items = if number % 2 == 0 {
                [(1, 1), (2, 1), (3, 1)]
            } else {
                [(3, 1), (2, 1), (1, 1)]
            };
            shop.cart(&items).await
        }
    }))
    .await;
    let bodies: Vec<_> = carts.iter().map(|cart| purchase(cart, "tok_ok")).collect();
    let keys: Vec<_> = bodies.iter().map(|_| fresh_key()).collect();
    for answer in join_all(
        keys.iter()
            .zip(&bodies)
            .map(|(key, body)| shop.order(key, body)),
    )
    .await
    {
        assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.body);
    }
    assert_eq!(shop.stock(3).await, 976);
}
