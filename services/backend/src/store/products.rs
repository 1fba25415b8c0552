//! Products by their numbers.

use tokio_postgres::Row;

use super::{Database, StoreError};
use crate::money::Money;
use crate::product::{Product, image_path};

/// The columns that [`from_row`] reads, in its order.
pub(super) const COLUMNS: &str = "id, name, description, category, price_amount, currency, stock";

const BY_ID: &str = "\
    select id, name, description, category, price_amount, currency, stock from products where id = $1";

const BY_IDS: &str = "\
    select id, name, description, category, price_amount, currency, stock
    from products join unnest($1::int[]) with ordinality as wanted (id, position) using (id) order by position";

const ARTWORK: &str = "select artwork, category from products where id = $1";

/// What a product's picture shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artwork {
    /// Shape and colour, as `<shape>:<colour>`.
    pub motif: String,
    /// The category's slug.
    pub category: String,
}

/// One product.
pub async fn get(database: &Database, id: i32) -> Result<Option<Product>, StoreError> {
    let connection = database.connection().await?;
    let statement = connection.prepare_cached(BY_ID).await?;
    let row = connection.query_opt(&statement, &[&id]).await?;
    Ok(row.as_ref().map(from_row))
}

/// The products among `ids` that exist, in the order of `ids`, by one query.
pub async fn get_many(database: &Database, ids: &[i32]) -> Result<Vec<Product>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let connection = database.connection().await?;
    let statement = connection.prepare_cached(BY_IDS).await?;
    let rows = connection.query(&statement, &[&ids]).await?;
    Ok(rows.iter().map(from_row).collect())
}

/// What the product's picture shows.
pub async fn artwork(database: &Database, id: i32) -> Result<Option<Artwork>, StoreError> {
    let connection = database.connection().await?;
    let statement = connection.prepare_cached(ARTWORK).await?;
    let row = connection.query_opt(&statement, &[&id]).await?;
    Ok(row.map(|row| Artwork {
        motif: row.get(0),
        category: row.get(1),
    }))
}

pub(super) fn from_row(row: &Row) -> Product {
    let id = row.get(0);
    Product {
        id,
        name: row.get(1),
        description: row.get(2),
        category: row.get(3),
        price: Money {
            amount: row.get(4),
            currency: row.get(5),
        },
        stock: row.get(6),
        image: image_path(id),
    }
}
