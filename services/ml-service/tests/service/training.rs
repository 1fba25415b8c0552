//! Learning from the orders in the database, and publishing.

use tokio_postgres::Row;

use crate::shop::{Shop, connect};

async fn models(shop: &Shop) -> Vec<Row> {
    let query = "select version, current, metrics, payload from models order by created_at desc, version desc";
    shop.client.query(query, &[]).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_better_model_is_published_once() {
    let shop = Shop::open().await;
    shop.sell(600, 0).await;
    let version = shop.publish().await;
    let rows = models(&shop).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].get::<_, String>(0), version);
    assert!(rows[0].get::<_, bool>(1));
    let metrics: serde_json::Value = rows[0].get(2);
    assert!(
        metrics["model"]["ndcg_100"].as_f64() > metrics["popularity"]["ndcg_100"].as_f64(),
        "{metrics}"
    );
    assert_eq!(metrics["orders"], 600);

    let again = shop.train().await;
    assert_eq!(
        (again.outcome, again.reason.as_deref()),
        ("kept", Some("the orders teach nothing new"))
    );
    assert_eq!(again.version, Some(version));
    assert_eq!(models(&shop).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn synthetic_and_cancelled_orders_teach_nothing() {
    let shop = Shop::open().await;
    shop.sell(600, 0).await;
    shop.publish().await;
    shop.sell(600, 1).await;
    let unreal = "update orders set synthetic = created_at >= '2026-01-02 06:00',
        status = case when created_at < '2026-01-02 06:00' then 'cancelled' else status end
        where created_at > '2026-01-02'";
    assert_eq!(shop.client.execute(unreal, &[]).await.unwrap(), 600);
    let report = shop.train().await;
    assert_eq!(
        report.reason.as_deref(),
        Some("the orders teach nothing new")
    );
    assert_eq!(report.test.unwrap().orders, 600);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_no_better_than_popularity_is_refused() {
    let shop = Shop::open().await;
    shop.sell(600, 0).await;
    let current = shop.publish().await;
    // From now on everybody buys the same two products.
    shop.client
        .batch_execute(
            "delete from order_lines;
            insert into order_lines (order_id, product_id) select id, product from orders, (values (1), (2)) as p (product)",
        )
        .await
        .unwrap();
    let report = shop.train().await;
    assert_eq!(
        report.reason.as_deref(),
        Some("the new model is not better than popularity")
    );
    assert_eq!(report.version, Some(current));
    assert_eq!(models(&shop).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_shop_has_too_few_orders() {
    let shop = Shop::open().await;
    let report = shop.train().await;
    assert_eq!((report.outcome, report.version), ("kept", None));
    assert!(report.reason.unwrap().starts_with("too few orders"));
    assert!(models(&shop).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_models_are_kept_and_the_newest_is_current() {
    let shop = Shop::open().await;
    let mut version = String::new();
    for day in 0..12 {
        shop.sell(300, day).await;
        version = shop.publish().await;
    }
    let rows = models(&shop).await;
    assert_eq!(rows.len(), 10);
    assert_eq!(rows[0].get::<_, String>(0), version);
    let current: Vec<bool> = rows.iter().map(|row| row.get(1)).collect();
    assert_eq!(current.iter().position(|&current| current), Some(0));
    assert_eq!(current.iter().filter(|&&current| current).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trainer_at_a_time() {
    let shop = Shop::open().await;
    shop.sell(600, 0).await;
    let other = connect(&shop.url).await;
    assert!(ml_service::store::try_lock(&other).await.unwrap());
    let report = shop.train().await;
    assert_eq!(
        report.reason.as_deref(),
        Some("another training is under way")
    );
    drop(other);
}
