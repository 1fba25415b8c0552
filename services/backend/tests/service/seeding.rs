//! `backend seed`.

use backend::seed;
use backend::store::{Database, migrations};
use database::Address;
use futures_util::future::join_all;
use kit::testing::Postgres;

/// Everything a seed puts into a database, as one number.
const FINGERPRINT: &str = "\
    select md5(string_agg(line, '|' order by line)) from (
        select c::text as line from categories c
        union all select (p.id, p.name, p.description, p.category, p.price_amount, p.stock, p.artwork, p.created_at)::text
            from products p
        union all select (o.id, o.created_at, o.status, o.total_amount, o.customer, o.token_hash, o.source)::text
            from orders o
        union all select l::text from order_lines l) as everything";

async fn fingerprint(address: &Address) -> String {
    Database::connect_once(address)
        .await
        .unwrap()
        .query_one(FINGERPRINT, &[])
        .await
        .unwrap()
        .get(0)
}

async fn number(address: &Address, sql: &str) -> i64 {
    Database::connect_once(address)
        .await
        .unwrap()
        .query_one(sql, &[])
        .await
        .unwrap()
        .get(0)
}

async fn seeded() -> Address {
    let address = Postgres::shared().address();
    migrations::run(&address).await.unwrap();
    seed::load(&mut Database::connect_once(&address).await.unwrap())
        .await
        .unwrap();
    address
}

#[tokio::test]
async fn every_run_loads_the_same() {
    let (one, other) = (seeded().await, seeded().await);
    let loaded = fingerprint(&one).await;
    assert_eq!(loaded, fingerprint(&other).await);
    let again = seed::load(&mut Database::connect_once(&one).await.unwrap())
        .await
        .unwrap();
    assert_eq!((again.products, again.orders), (0, 0));
    assert_eq!(loaded, fingerprint(&one).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn runs_at_the_same_time_load_once() {
    let address = Postgres::shared().address();
    migrations::run(&address).await.unwrap();
    let runs = join_all((0..4).map(|_| async {
        let mut client = Database::connect_once(&address).await.unwrap();
        seed::load(&mut client).await.unwrap().orders
    }))
    .await;
    assert_eq!(
        runs.iter().filter(|orders| **orders > 0).count(),
        1,
        "{runs:?}"
    );
}

#[tokio::test]
async fn a_new_catalogue_leaves_stock_and_real_orders_alone() {
    let address = seeded().await;
    let client = Database::connect_once(&address).await.unwrap();
    client
        .batch_execute(
            "update products set stock = 1, name = 'Old name' where id = 7;
             insert into orders (id, status, total_amount, customer, token_hash, token_salt, request_hash)
                 values (gen_random_uuid(), 'paid', 1, '{}', '', '', '');
             update seeds set checksum = 'an older one'",
        )
        .await
        .unwrap();
    let orders = number(&address, "select count(*) from orders").await;
    seed::load(&mut Database::connect_once(&address).await.unwrap())
        .await
        .unwrap();
    assert_eq!(
        number(
            &address,
            "select count(*) from products where id = 7 and stock = 1 and name <> 'Old name'"
        )
        .await,
        1
    );
    assert_eq!(
        number(
            &address,
            "select count(*) from orders where source = 'shop'"
        )
        .await,
        1
    );
    assert_eq!(
        number(&address, "select count(*) from orders").await,
        orders
    );
    let references = "select count(*) from pg_constraint where conrelid = 'order_lines'::regclass and contype = 'f'";
    assert_eq!(
        number(&address, references).await,
        2,
        "the references are back"
    );
}

#[tokio::test]
async fn the_history_is_large_consistent_and_over() {
    let address = seeded().await;
    for (sql, least, most) in [
        ("select count(*) from products", 500, 1000),
        ("select count(*) from categories", 12, 12),
        (
            "select min(n) from (select count(*) n from products group by category) c",
            40,
            60,
        ),
        (
            "select count(*) from orders where source = 'seed' and not synthetic",
            6000,
            10_000,
        ),
        ("select count(*) from order_lines", 18_000, 30_000),
        (
            "select count(*) from orders where cart_id is not null or idempotency_key_hash is not null",
            0,
            0,
        ),
        (
            "select count(*) from orders where created_at > '2026-11-01' or created_at < '2025-11-01'",
            0,
            0,
        ),
        (
            "select count(*) from orders o where total_amount <>
                (select sum(quantity * unit_price_amount) from order_lines where order_id = o.id)",
            0,
            0,
        ),
        (
            "select count(distinct product_id) from order_lines",
            550,
            1000,
        ),
    ] {
        let found = number(&address, sql).await;
        assert!((least..=most).contains(&found), "{sql}: {found}");
    }
}

/// Hides one item of each late basket and looks where the others lead: a plain count of what was bought together must
/// find it far more often than popularity does, or there is nothing for a model to learn.
#[tokio::test]
async fn customers_have_tastes() {
    const HITS: &str = "\
        with train as (select * from order_lines where order_id in (select id from orders where created_at < '2026-08-20')),
        test as (select o.id, min(l.product_id) as hidden from orders o join order_lines l on l.order_id = o.id
                 where o.created_at >= '2026-08-20' group by o.id having count(*) >= 2 order by o.id limit 400),
        size as (select product_id, count(*) as n from train group by product_id),
        pairs as (select a.product_id as given, b.product_id as other, count(*) / sqrt(max(sa.n) * max(sb.n)) as score
                  from train a join train b on a.order_id = b.order_id and a.product_id <> b.product_id
                  join size sa on sa.product_id = a.product_id join size sb on sb.product_id = b.product_id
                  group by a.product_id, b.product_id),
        ranked as (select t.id, t.hidden, p.other,
                          row_number() over (partition by t.id order by sum(p.score) desc, p.other) as place
                   from test t join order_lines l on l.order_id = t.id and l.product_id <> t.hidden
                   join pairs p on p.given = l.product_id group by t.id, t.hidden, p.other)
        select count(*) from ranked where other = hidden and place <= 20";
    const POPULAR: &str = "\
        with train as (select * from order_lines where order_id in (select id from orders where created_at < '2026-08-20')),
        test as (select o.id, min(l.product_id) as hidden from orders o join order_lines l on l.order_id = o.id
                 where o.created_at >= '2026-08-20' group by o.id having count(*) >= 2 order by o.id limit 400),
        top as (select product_id from train group by product_id order by count(*) desc, product_id limit 20)
        select count(*) from test where hidden in (select product_id from top)";
    let address = seeded().await;
    let (together, popular) = (
        number(&address, HITS).await,
        number(&address, POPULAR).await,
    );
    assert!(
        together >= 3 * popular.max(1),
        "{together} against {popular}"
    );
}
