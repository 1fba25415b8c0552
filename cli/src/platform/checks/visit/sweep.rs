//! Takes synthetic orders out of the database as if they had never been.

use redis::AsyncCommands as _;
use uuid::Uuid;

use super::stock::reason;
use super::visit::Visit;
use crate::plan::Component;
use crate::platform::checks::trouble::Trouble;

/// Gives the pieces of paid orders back and deletes the orders, in one statement: all of it happens or nothing.
///
/// Products are locked in the order of their numbers, so that no customer's checkout is caught in a deadlock. An order
/// that somebody else is removing at the moment is left to them.
const QUERY: &str = "
    WITH gone AS (
        SELECT id, status FROM orders
         WHERE synthetic
           AND (id = ANY($1) OR cart_id = ANY($2) OR ($3 AND created_at < now() - interval '2 minutes'))
           FOR UPDATE SKIP LOCKED
    ), returned AS (
        SELECT l.product_id, sum(l.quantity) AS quantity
          FROM order_lines l JOIN gone g ON g.id = l.order_id
         WHERE g.status = 'paid'
         GROUP BY l.product_id
    ), locked AS MATERIALIZED (
        SELECT p.id, r.quantity FROM products p JOIN returned r ON r.product_id = p.id
         ORDER BY p.id FOR UPDATE OF p
    ), restocked AS (
        UPDATE products p SET stock = p.stock + k.quantity FROM locked k WHERE p.id = k.id RETURNING p.id
    ), deleted AS (
        DELETE FROM orders o USING gone g WHERE o.id = g.id RETURNING o.id
    )
    SELECT (SELECT count(*) FROM deleted), (SELECT coalesce(array_agg(id), '{}') FROM restocked)";

/// Removes these synthetic orders, those of these carts and, if asked, all that are older than any visit lasts.
/// Returns how many there were.
pub async fn sweep(
    visit: &Visit<'_>,
    orders: &[Uuid],
    carts: &[Uuid],
    leftovers: bool,
) -> Result<i64, Trouble> {
    let database = visit.database().await?;
    let row = database
        .query_one(QUERY, &[&orders, &carts, &leftovers])
        .await;
    let row = row.map_err(|error| {
        let cause = format!("synthetic orders cannot be removed: {}", reason(&error));
        Trouble::of(Component::Postgres, cause)
    })?;
    let restocked: Vec<i32> = row.get(1);
    if !restocked.is_empty() {
        forget_products(visit, &restocked).await?;
    }
    Ok(row.get(0))
}

/// The backend caches products; it does not know that their stock was changed behind its back.
async fn forget_products(visit: &Visit<'_>, products: &[i32]) -> Result<(), Trouble> {
    let keys: Vec<_> = products.iter().map(|id| format!("product:{id}")).collect();
    let mut redis = visit.redis().await?;
    redis.del(keys).await.map_err(|error: redis::RedisError| {
        let cause = format!("cached products cannot be removed from Redis: {error}");
        Trouble::of(Component::Redis, cause)
    })
}
