//! The same request, more than once.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use backend::payment::{Authorisation, Charge, PaymentError, PaymentProvider};
use futures_util::future::join_all;
use http::StatusCode;
use uuid::Uuid;

use crate::shop::{Shop, purchase};

/// Says yes to everything and keeps a ledger.
#[derive(Default)]
struct Ledger {
    open: Mutex<Vec<Uuid>>,
}

#[async_trait]
impl PaymentProvider for Ledger {
    async fn authorise(&self, charge: &Charge) -> Result<Authorisation, PaymentError> {
        self.open.lock().unwrap().push(charge.reference);
        // Gives others a chance to come in between.
        tokio::task::yield_now().await;
        Ok(Authorisation {
            reference: charge.reference,
        })
    }

    async fn void(&self, reference: Uuid) -> Result<(), PaymentError> {
        self.open.lock().unwrap().retain(|open| *open != reference);
        Ok(())
    }
}

#[tokio::test]
async fn a_replay_gets_the_same_answer() {
    let shop = Shop::open().await;
    let cart = shop.cart(&[(1, 2)]).await;
    let body = purchase(&cart, "tok_ok");
    let first = shop.order("same", &body).await;
    let second = shop.order("same", &body).await;
    assert_eq!(
        (second.status, &second.body),
        (StatusCode::CREATED, &first.body)
    );
    assert_eq!(shop.stock(1).await, 8);
}

#[tokio::test]
async fn a_key_belongs_to_one_request() {
    let shop = Shop::open().await;
    let cart = shop.cart(&[(1, 2)]).await;
    let mut body = purchase(&cart, "tok_ok");
    shop.order("same", &body).await;
    body["customer"]["name"] = "Somebody Else".into();
    shop.order("same", &body)
        .await
        .assert_problem(422, "idempotency-key-reused");
    assert_eq!(shop.stock(1).await, 8);
}

#[tokio::test]
async fn keys_are_required_and_bounded() {
    let shop = Shop::open().await;
    let cart = shop.cart(&[(1, 1)]).await;
    let body = purchase(&cart, "tok_ok");
    let missing = shop.json(http::Method::POST, "/api/orders", &body).await;
    missing.assert_problem(400, "bad-request");
    for key in ["", " ", "a b", "é", &"x".repeat(256)] {
        shop.order(key, &body)
            .await
            .assert_problem(400, "bad-request");
    }
    let longest = shop.order(&"x".repeat(255), &body).await;
    assert_eq!(longest.status, StatusCode::CREATED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_request_at_the_same_time_is_carried_out_and_paid_once() {
    let ledger = Arc::new(Ledger::default());
    let shop = Shop::with(|_| {}, ledger.clone()).await;
    // The last pieces: whoever comes second must be answered from the first order, not with "out of stock".
    let cart = shop.cart(&[(1, 10)]).await;
    let body = purchase(&cart, "tok_ok");
    let answers = join_all((0..24).map(|_| shop.order("same", &body))).await;
    for answer in &answers {
        assert_eq!(
            (answer.status, &answer.body),
            (StatusCode::CREATED, &answers[0].body)
        );
    }
    assert_eq!(shop.stock(1).await, 0);
    let open = ledger.open.lock().unwrap().clone();
    assert_eq!(open.len(), 1, "every other authorisation was voided");
    assert_eq!(answers[0].body["id"], open[0].to_string());
}

#[tokio::test]
async fn a_sale_that_fails_after_the_payment_is_voided() {
    let ledger = Arc::new(Ledger::default());
    let shop = Shop::with(|_| {}, ledger.clone()).await;
    let cart = shop.cart(&[(1, 1)]).await;
    shop.execute(
        "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
         create trigger refuse before insert on order_lines execute function refuse()",
    )
    .await;
    shop.order("key", &purchase(&cart, "tok_ok"))
        .await
        .assert_problem(500, "internal-error");
    assert!(ledger.open.lock().unwrap().is_empty());
    assert_eq!(
        (
            shop.stock(1).await,
            shop.number("select count(*) from orders").await
        ),
        (10, 0)
    );
    assert_eq!(
        shop.get(&format!("/api/carts/{cart}")).await.body["items"][0]["quantity"],
        1
    );
}
