//! Selling and taking back: the two transactions that change stock.
//!
//! Rows of `products` are always locked in the order of their numbers, so that two sales never wait for each other in
//! a circle.

use std::collections::BTreeMap;

use deadpool_postgres::Transaction;
use time::OffsetDateTime;
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::orders::{self, Order};
use super::{Database, StoreError};
use crate::customer::Customer;
use crate::token::HASH_LENGTH;

/// A sale that is paid for and not yet written down.
#[derive(Debug, Clone)]
pub struct Sale {
    /// Number of the order to be.
    pub order: Uuid,
    /// The cart it was in.
    pub cart: Uuid,
    /// Pieces by product.
    pub quantities: BTreeMap<i32, i32>,
    /// What was authorised, in euro cents.
    pub total: i64,
    /// Who buys.
    pub customer: Customer,
    /// Hash of the idempotency key.
    pub key_hash: [u8; HASH_LENGTH],
    /// Hash of the request.
    pub request_hash: [u8; HASH_LENGTH],
    /// Hash of the bearer.
    pub token_hash: [u8; HASH_LENGTH],
    /// What the bearer is derived from.
    pub token_salt: [u8; HASH_LENGTH],
    /// Whether this is a test of the shop and no sale.
    pub synthetic: bool,
}

/// What became of a sale.
#[derive(Debug)]
pub enum Outcome {
    /// It is written down.
    Sold(Box<Order>),
    /// A request with the same idempotency key was there first.
    Replayed(Box<Order>),
    /// Too few pieces of these products are left.
    OutOfStock(Vec<i32>),
    /// A price changed after the payment was authorised.
    PriceChanged,
    /// The cart has become an order before, under another key.
    CartUsed,
}

const LOCK_KEY: &str = "select pg_advisory_xact_lock($1)";
const LOCK_PRODUCTS: &str =
    "select id, price_amount, stock from products where id = any($1) order by id for update";
const CART_USED: &str = "select 1 from orders where cart_id = $1";
const TAKE: &str = "\
    update products set stock = stock - sold.quantity
    from unnest($1::int[], $2::int[]) as sold (id, quantity) where products.id = sold.id";
const INSERT_ORDER: &str = "\
    insert into orders (id, created_at, status, total_amount, customer, token_hash, token_salt, idempotency_key_hash,
                        request_hash, cart_id, synthetic)
    values ($1, $2, 'paid', $3, $4, $5, $6, $7, $8, $9, $10)";
const INSERT_LINES: &str = "\
    insert into order_lines (order_id, product_id, quantity, unit_price_amount)
    select $1, sold.id, sold.quantity, sold.price
    from unnest($2::int[], $3::int[], $4::bigint[]) as sold (id, quantity, price)";

/// Writes a sale down, or finds out why that cannot be. Everything but [`Outcome::Sold`] changes nothing.
pub async fn sell(database: &Database, sale: &Sale) -> Result<Outcome, StoreError> {
    let mut connection = database.connection().await?;
    let transaction = connection.transaction().await?;
    if let Some(order) = locked_by_key(&transaction, &sale.key_hash).await? {
        return Ok(Outcome::Replayed(Box::new(order)));
    }
    let prices = match lock_products(&transaction, sale).await? {
        Ok(prices) => prices,
        Err(obstacle) => return Ok(obstacle),
    };
    if transaction
        .query_opt(CART_USED, &[&sale.cart])
        .await?
        .is_some()
    {
        return Ok(Outcome::CartUsed);
    }
    write(&transaction, sale, &prices).await?;
    let order = orders::by_key(&*transaction, &sale.key_hash).await?;
    transaction.commit().await.map_err(unconfirmed)?;
    order
        .map(|order| Outcome::Sold(Box::new(order)))
        .ok_or_else(|| {
            StoreError::Unconfirmed("the order is not there after its insertion".to_owned())
        })
}

/// The order of this key, after every running sale with the same key has ended.
pub async fn settled(
    database: &Database,
    key_hash: &[u8; HASH_LENGTH],
) -> Result<Option<Order>, StoreError> {
    let mut connection = database.connection().await?;
    let transaction = connection.transaction().await?;
    locked_by_key(&transaction, key_hash).await
}

async fn locked_by_key(
    transaction: &Transaction<'_>,
    key_hash: &[u8; HASH_LENGTH],
) -> Result<Option<Order>, StoreError> {
    let mut lock = [0; size_of::<i64>()];
    lock.copy_from_slice(&key_hash[..size_of::<i64>()]);
    let lock = i64::from_be_bytes(lock);
    transaction.execute(LOCK_KEY, &[&lock]).await?;
    orders::by_key(&**transaction, key_hash).await
}

/// Locks the products of a sale and returns their prices in the order of their numbers.
async fn lock_products(
    transaction: &Transaction<'_>,
    sale: &Sale,
) -> Result<Result<Vec<i64>, Outcome>, StoreError> {
    let ids: Vec<i32> = sale.quantities.keys().copied().collect();
    let statement = transaction.prepare_cached(LOCK_PRODUCTS).await?;
    let rows = transaction.query(&statement, &[&ids]).await?;
    let found: BTreeMap<i32, (i64, i32)> = rows
        .iter()
        .map(|row| (row.get(0), (row.get(1), row.get(2))))
        .collect();
    let lacking: Vec<i32> = sale
        .quantities
        .iter()
        .filter(|(id, quantity)| found.get(id).is_none_or(|(_, stock)| stock < quantity))
        .map(|(id, _)| *id)
        .collect();
    if !lacking.is_empty() {
        return Ok(Err(Outcome::OutOfStock(lacking)));
    }
    let total: i64 = found
        .values()
        .zip(sale.quantities.values())
        .map(|((price, _), quantity)| price * i64::from(*quantity))
        .sum();
    if total != sale.total {
        return Ok(Err(Outcome::PriceChanged));
    }
    Ok(Ok(found.values().map(|(price, _)| *price).collect()))
}

async fn write(
    transaction: &Transaction<'_>,
    sale: &Sale,
    prices: &[i64],
) -> Result<(), StoreError> {
    let ids: Vec<i32> = sale.quantities.keys().copied().collect();
    let quantities: Vec<i32> = sale.quantities.values().copied().collect();
    let take = transaction.prepare_cached(TAKE).await?;
    let order = transaction.prepare_cached(INSERT_ORDER).await?;
    let lines = transaction.prepare_cached(INSERT_LINES).await?;
    let now = OffsetDateTime::now_utc();
    transaction.execute(&take, &[&ids, &quantities]).await?;
    transaction
        .execute(
            &order,
            &[
                &sale.order,
                &now,
                &sale.total,
                &Json(&sale.customer),
                &sale.token_hash.as_slice(),
                &sale.token_salt.as_slice(),
                &sale.key_hash.as_slice(),
                &sale.request_hash.as_slice(),
                &sale.cart,
                &sale.synthetic,
            ],
        )
        .await?;
    transaction
        .execute(&lines, &[&sale.order, &ids, &quantities, &prices])
        .await?;
    Ok(())
}

const LOCK_ORDER: &str = "select status from orders where id = $1 and token_hash = $2 for update";
const LOCK_LINES: &str = "\
    select p.id from products p join order_lines l on l.product_id = p.id
    where l.order_id = $1 order by p.id for update of p";
const PUT_BACK: &str = "\
    update products set stock = stock + l.quantity from order_lines l
    where l.order_id = $1 and products.id = l.product_id";
const CANCEL: &str = "update orders set status = 'cancelled' where id = $1";

/// Cancels the order and puts its pieces back, once. Returns the products whose stock has changed (none when the order
/// was cancelled before), or nothing when there is no such order or the hash is not that of its bearer.
pub async fn cancel(
    database: &Database,
    order: Uuid,
    token_hash: &[u8],
) -> Result<Option<Vec<i32>>, StoreError> {
    let mut connection = database.connection().await?;
    let transaction = connection.transaction().await?;
    let Some(row) = transaction
        .query_opt(LOCK_ORDER, &[&order, &token_hash])
        .await?
    else {
        return Ok(None);
    };
    if row.get::<_, &str>(0) == "cancelled" {
        return Ok(Some(Vec::new()));
    }
    let rows = transaction.query(LOCK_LINES, &[&order]).await?;
    transaction.execute(PUT_BACK, &[&order]).await?;
    transaction.execute(CANCEL, &[&order]).await?;
    transaction.commit().await?;
    Ok(Some(rows.iter().map(|row| row.get(0)).collect()))
}

fn unconfirmed(error: tokio_postgres::Error) -> StoreError {
    match StoreError::from(error) {
        StoreError::Unavailable(reason) => StoreError::Unconfirmed(reason),
        other => other,
    }
}
