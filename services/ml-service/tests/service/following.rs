//! Serving what is current, whatever happens to the database.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kit::testing::Postgres;
use serde_json::json;

use crate::shop::{Service, Shop, config};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_shop_is_ready_without_a_model_and_takes_the_first_one() {
    let shop = Shop::open().await;
    let service = Service::start(shop.config()).await;
    service.until_ready(true).await;
    let (status, problem) = service.ask(&json!({"items": [4]})).await;
    assert_eq!(
        (status, problem["status"].as_u64()),
        (503, Some(503)),
        "{problem}"
    );

    shop.sell(600, 0).await;
    let version = shop.publish().await;
    service.until_served(&version).await;
    let (status, answer) = service
        .ask(&json!({"items": [4, 99_999], "limit": 3}))
        .await;
    assert_eq!((status, answer["model"].as_str()), (200, Some(&*version)));
    assert_eq!(answer["items"].as_array().unwrap().len(), 3);
    assert_eq!(answer["items"][0]["id"], 5);
    assert!(answer["items"][0]["score"].as_f64() > answer["items"][1]["score"].as_f64());
    let (_, metrics) = service.get("/metrics").await;
    assert!(
        metrics.contains(&format!("shopmicro_model_info{{version=\"{version}\"}} 1")),
        "{metrics}"
    );
    assert!(metrics.contains("shopmicro_model_items 80"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn swapping_drops_no_request() {
    let shop = Shop::open().await;
    shop.sell(300, 0).await;
    let first = shop.publish().await;
    let service = Arc::new(Service::start(shop.config()).await);
    service.until_served(&first).await;
    let swapping = Arc::new(AtomicBool::new(true));
    let customers: Vec<_> = (0..4_i32)
        .map(|customer| {
            let (service, swapping) = (service.clone(), swapping.clone());
            tokio::spawn(async move {
                let mut asked = 0;
                while swapping.load(Ordering::Relaxed) || asked == 0 {
                    assert_eq!(service.best(customer * 2).await, customer * 2 + 1);
                    asked += 1;
                }
                asked
            })
        })
        .collect();
    for day in 1..6 {
        shop.sell(300, day).await;
        let version = shop.publish().await;
        service.until_served(&version).await;
    }
    swapping.store(false, Ordering::Relaxed);
    for customer in customers {
        assert!(customer.await.unwrap() > 0);
    }
    let (_, metrics) = service.get("/metrics").await;
    assert_eq!(
        metrics.matches("shopmicro_model_info{").count(),
        1,
        "{metrics}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn it_keeps_answering_while_the_database_is_gone_and_catches_up_after() {
    let postgres = tokio::task::spawn_blocking(Postgres::start).await.unwrap();
    let postgres = Arc::new(postgres);
    let blocking = |work: fn(&Postgres)| {
        let postgres = postgres.clone();
        async move {
            tokio::task::spawn_blocking(move || work(&postgres))
                .await
                .unwrap();
        }
    };
    let database = postgres.clone();
    let url = tokio::task::spawn_blocking(move || database.database())
        .await
        .unwrap();
    let shop = Shop::at(url.clone()).await;
    shop.sell(300, 0).await;
    let old = shop.publish().await;
    let service = Service::start(shop.config()).await;
    service.until_served(&old).await;

    blocking(Postgres::stop).await;
    let late = Service::start(config(&url)).await;
    assert_eq!(service.best(10).await, 11);
    assert_eq!(service.get("/readyz").await.0, 200);
    // Without a model and without a database there is nothing to be ready for.
    late.until_ready(false).await;
    assert!(late.get("/readyz").await.1.contains("postgres"));
    assert_eq!(late.get("/livez").await.0, 200);

    blocking(Postgres::restart).await;
    let shop = Shop {
        client: crate::shop::connect(&url).await,
        url,
    };
    shop.sell(300, 1).await;
    let new = shop.publish().await;
    service.until_served(&new).await;
    late.until_served(&new).await;
    late.until_ready(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_model_is_not_taken_over() {
    let shop = Shop::open().await;
    shop.sell(300, 0).await;
    let good = shop.publish().await;
    let service = Service::start(shop.config()).await;
    service.until_served(&good).await;
    shop.client
        .batch_execute(
            "begin; update models set current = false where current;
            insert into models (version, metrics, payload, current) values ('damaged', '{}', 'nonsense', true);
            notify models; commit",
        )
        .await
        .unwrap();
    shop.sell(300, 1).await;
    assert_eq!(service.best(10).await, 11);
    // The next good one is, so the damaged one was seen and survived.
    let next = shop.publish().await;
    service.until_served(&next).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_notification_is_made_up_for_by_looking() {
    let shop = Shop::open().await;
    shop.sell(300, 0).await;
    let version = shop.publish().await;
    let service = Service::polling(shop.config(), Duration::from_millis(100)).await;
    service.until_served(&version).await;
    // A copy of the model under another name, without a word to anybody.
    shop.client
        .batch_execute(
            "begin; update models set current = false;
            insert into models (version, metrics, payload, current)
            select 'silent', metrics, payload, true from models; commit",
        )
        .await
        .unwrap();
    service.until_served("silent").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_questions_are_refused() {
    let shop = Shop::open().await;
    shop.sell(300, 0).await;
    let version = shop.publish().await;
    let service = Service::start(shop.config()).await;
    service.until_served(&version).await;
    for (question, expected) in [
        (json!({"items": []}), 200),
        (json!({"items": [4, 4, 4, -1, i32::MAX], "limit": 100}), 200),
        (json!({"items": [4], "limit": 0}), 422),
        (json!({"items": [4], "limit": 101}), 422),
        (json!({"items": [4], "limit": -1}), 422),
        (json!({"items": vec![1; 101]}), 422),
        (json!({"items": [1.5]}), 422),
        (json!({"items": [4_000_000_000_u32]}), 422),
        (json!({"items": "4"}), 422),
        (json!({"items": [4], "more": 1}), 422),
        (json!({}), 422),
        (json!({"items": ["x".repeat(20_000)]}), 413),
    ] {
        let (status, answer) = service.ask(&question).await;
        assert_eq!(status, expected, "{question} {answer}");
    }
    assert_eq!(service.get("/recommendations").await.0, 405);
    assert_eq!(service.get("/nothing").await.0, 404);
}
