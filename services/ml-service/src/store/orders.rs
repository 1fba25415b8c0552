//! Order lines to learn from.

use std::pin::pin;

use futures_util::TryStreamExt;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error};

use crate::dataset::{Interactions, InteractionsBuilder};

/// Only so many of the latest orders are learned from: what was bought before says little about today, and memory and
/// time stay bounded however old the shop is.
pub const MOST_ORDERS: i64 = 100_000;

const LATEST_LINES: &str = "
    select orders.id::text, order_lines.product_id::text, orders.moment
    from (
        select id, (extract(epoch from created_at) * 1000000)::bigint as moment
        from orders
        where status = 'paid' and not synthetic
        order by created_at desc, id
        limit $1
    ) as orders
    join order_lines on order_lines.order_id = orders.id";

/// Reads the lines of the latest paid orders of real customers. Items are named by product number.
pub async fn paid_orders(client: &Client) -> Result<Interactions, Error> {
    let rows = client
        .query_typed_raw(LATEST_LINES, [(MOST_ORDERS, Type::INT8)])
        .await?;
    let mut rows = pin!(rows);
    let mut builder = InteractionsBuilder::default();
    while let Some(row) = rows.try_next().await? {
        builder.add(row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    }
    Ok(builder.finish())
}
