//! Reading orders.

use time::OffsetDateTime;
use tokio_postgres::types::ToSql;
use tokio_postgres::{GenericClient, Row};
use uuid::Uuid;

use super::{Database, StoreError};
use crate::customer::Customer;
use crate::money::Money;

/// An order with its lines.
#[derive(Debug, Clone)]
pub struct Order {
    /// Number of the order.
    pub id: Uuid,
    /// When it was placed.
    pub created_at: OffsetDateTime,
    /// Whether it was cancelled since.
    pub cancelled: bool,
    /// What was bought.
    pub lines: Vec<Line>,
    /// What was paid.
    pub total: Money,
    /// Who bought.
    pub customer: Customer,
    /// What its bearer is derived from.
    pub token_salt: Vec<u8>,
    /// Hash of the request that placed it.
    pub request_hash: Vec<u8>,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Number of the product.
    pub product: i32,
    /// What it is called today.
    pub name: String,
    /// Pieces.
    pub quantity: i32,
    /// Price of a piece on the day of the order.
    pub unit_price: Money,
}

const BY_KEY: &str = "\
    select id, created_at, status, currency, total_amount, customer, token_salt, request_hash
    from orders where idempotency_key_hash = $1";

const BY_BEARER: &str = "\
    select id, created_at, status, currency, total_amount, customer, token_salt, request_hash
    from orders where id = $1 and token_hash = $2";

const LINES: &str = "\
    select l.product_id, p.name, l.quantity, l.unit_price_amount
    from order_lines l join products p on p.id = l.product_id where l.order_id = $1 order by l.product_id";

/// The order that a request with this idempotency key has placed.
pub async fn by_key(
    client: &impl GenericClient,
    key_hash: &[u8],
) -> Result<Option<Order>, StoreError> {
    find(client, BY_KEY, &[&key_hash]).await
}

/// The order `id`, if the hash is that of its bearer.
pub async fn by_bearer(
    database: &Database,
    id: Uuid,
    token_hash: &[u8],
) -> Result<Option<Order>, StoreError> {
    let connection = database.connection().await?;
    find(&**connection, BY_BEARER, &[&id, &token_hash]).await
}

async fn find(
    client: &impl GenericClient,
    sql: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<Option<Order>, StoreError> {
    let Some(row) = client.query_opt(sql, parameters).await? else {
        return Ok(None);
    };
    let id: Uuid = row.get(0);
    let lines = client.query(LINES, &[&id]).await?;
    order_from(&row, &lines).map(Some)
}

fn order_from(row: &Row, lines: &[Row]) -> Result<Order, StoreError> {
    let currency: String = row.get(3);
    let money = |amount| Money {
        amount,
        currency: currency.clone(),
    };
    let tokio_postgres::types::Json(customer) = row.try_get(5)?;
    Ok(Order {
        id: row.get(0),
        created_at: row.get(1),
        cancelled: row.get::<_, &str>(2) == "cancelled",
        lines: lines
            .iter()
            .map(|line| Line {
                product: line.get(0),
                name: line.get(1),
                quantity: line.get(2),
                unit_price: money(line.get(3)),
            })
            .collect(),
        total: money(row.get(4)),
        customer,
        token_salt: row.get(6),
        request_hash: row.get(7),
    })
}
