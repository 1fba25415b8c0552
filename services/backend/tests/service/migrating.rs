//! `backend migrate`.

use backend::store::{Database, migrations};
use futures_util::future::join_all;
use kit::testing::Postgres;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn runs_at_the_same_time_do_the_work_once() {
    let address = Postgres::shared().address();
    let runs = join_all((0..6).map(|_| migrations::run(&address))).await;
    let mut applied: Vec<_> = runs.into_iter().map(Result::unwrap).collect();
    applied.sort_unstable();
    assert_eq!(applied, [0, 0, 0, 0, 0, 3]);
}

#[tokio::test]
async fn the_schema_refuses_what_must_never_be() {
    let address = Postgres::shared().address();
    migrations::run(&address).await.unwrap();
    let client = Database::connect_once(&address).await.unwrap();
    client
        .batch_execute(
            "insert into categories values ('a', 'A', 1);
             insert into products (id, name, description, category, price_amount, stock) values (1, 'n', 'd', 'a', 1, 1);
             insert into models (version, metrics, payload, current) values ('1', '{}', '', true)",
        )
        .await
        .unwrap();
    for sql in [
        "update products set stock = -1",
        "update products set price_amount = 0",
        "update products set currency = 'USD'",
        "update products set category = 'b'",
        "insert into models (version, metrics, payload, current) values ('2', '{}', '', true)",
    ] {
        assert!(client.batch_execute(sql).await.is_err(), "{sql}");
    }
}
