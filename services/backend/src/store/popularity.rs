//! What sells best.

use super::{Database, StoreError};

/// Products without a sale come last, so that a new shop has something to recommend too.
const RANKING: &str = "\
    select p.id from products p
    left join (select l.product_id, count(*) as orders from order_lines l join orders o on o.id = l.order_id
               where o.status = 'paid' and not o.synthetic group by l.product_id) sold on sold.product_id = p.id
    where p.stock > 0
    order by coalesce(sold.orders, 0) desc, p.id limit $1";

/// The products in stock that are in the most orders, best first.
pub async fn ranking(database: &Database, limit: i64) -> Result<Vec<i32>, StoreError> {
    let connection = database.connection().await?;
    let statement = connection.prepare_cached(RANKING).await?;
    let rows = connection.query(&statement, &[&limit]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}
