//! The categories.

use super::{Database, StoreError};

/// A category and the number of its products.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Slug.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// How many products it has.
    pub products: i64,
}

const LIST: &str = "\
    select c.id, c.name, count(p.id) from categories c left join products p on p.category = c.id
    group by c.id order by c.position, c.id";

/// All categories in the shop's order.
pub async fn list(database: &Database) -> Result<Vec<Category>, StoreError> {
    let connection = database.connection().await?;
    let statement = connection.prepare_cached(LIST).await?;
    let rows = connection.query(&statement, &[]).await?;
    Ok(rows
        .iter()
        .map(|row| Category {
            id: row.get(0),
            name: row.get(1),
            products: row.get(2),
        })
        .collect())
}
