//! The order as the database has it.

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::check::{Check, When};
use super::trouble::{Judgement, Trouble, ensure};
use super::visit::{Order, Visit, unreadable};
use crate::plan::Component;

/// The check.
pub const CHECK: Check = Check {
    name: "order-rows",
    title: "the order's rows in PostgreSQL say what the API said",
    needs: &["checkout"],
    when: When::Together,
    judge: |visit| Box::pin(judge(visit)),
};

const ORDER: &str =
    "SELECT status, total_amount, currency, synthetic, cart_id FROM orders WHERE id = $1";

const LINES: &str = "
    SELECT product_id, quantity::bigint, unit_price_amount
      FROM order_lines WHERE order_id = $1 ORDER BY product_id, quantity";

async fn judge(visit: &Visit<'_>) -> Judgement {
    let journey = visit.journey().await?;
    let order = &journey.order;
    let database = visit.database().await?;
    let by_order: [&(dyn ToSql + Sync); 1] = [&order.id];
    let (row, lines) = tokio::join!(
        database.query_opt(ORDER, &by_order),
        database.query(LINES, &by_order)
    );
    let row = row
        .map_err(|error| unreadable("orders", &error))?
        .ok_or_else(|| broken(order.id, "is not in table `orders`"))?;
    ensure_order(&row, order, journey.cart)?;
    let lines = lines.map_err(|error| unreadable("order_lines", &error))?;
    let lines: Vec<(i32, i64, i64)> = lines
        .iter()
        .map(|line| (line.get(0), line.get(1), line.get(2)))
        .collect();
    ensure(lines == order.lines(), || {
        let said = order.lines();
        broken(
            order.id,
            &format!(
                "has lines {lines:?} in table `order_lines`, but the API said {said:?} (product, pieces, price)"
            ),
        )
    })?;
    Ok(format!("1 row in orders, {} in order_lines", lines.len()))
}

fn ensure_order(row: &Row, order: &Order, cart: Uuid) -> Result<(), Trouble> {
    let (status, total, currency): (&str, i64, &str) = (row.get(0), row.get(1), row.get(2));
    let same = (status, total, currency) == ("paid", order.total.amount, &order.total.currency);
    ensure(same, || {
        let what = format!(
            "is `{status}`, {total} {currency} in table `orders`, but the API said `paid`, {} {}",
            order.total.amount, order.total.currency
        );
        broken(order.id, &what)
    })?;
    ensure(row.get(3), || {
        broken(
            order.id,
            "is not marked as synthetic in table `orders` and would count as a sale",
        )
    })?;
    ensure(row.get::<_, Option<Uuid>>(4) == Some(cart), || {
        broken(order.id, "does not name its cart in table `orders`")
    })
}

fn broken(order: Uuid, what: &str) -> Trouble {
    Trouble::of(Component::Backend, format!("order {order} {what}"))
}
