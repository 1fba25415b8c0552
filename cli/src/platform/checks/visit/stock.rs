//! Pieces in stock and pieces sold, looked at in the same moment.

use std::collections::BTreeMap;

use super::visit::Visit;
use crate::plan::Component;
use crate::platform::checks::trouble::Trouble;

/// For each product the pieces in stock and the pieces in paid orders.
///
/// Their sum does not change when anybody buys or cancels, so that a difference between two looks is a defect however
/// many customers bought in between. One statement sees one moment of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pieces(BTreeMap<i32, Counted>);

/// The pieces of one product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// In stock.
    pub stock: i64,
    /// In paid orders of this shop; seeded history was never taken out of the stock.
    pub sold: i64,
}

const QUERY: &str = "
    SELECT p.id, p.stock::bigint,
           (SELECT coalesce(sum(l.quantity), 0)::bigint
              FROM order_lines l JOIN orders o ON o.id = l.order_id
             WHERE l.product_id = p.id AND o.status = 'paid' AND o.source <> 'seed')
      FROM products p
     WHERE p.id = ANY($1)";

impl Pieces {
    /// Counts now.
    pub async fn count(visit: &Visit<'_>, products: &[i32]) -> Result<Self, Trouble> {
        let database = visit.database().await?;
        let rows = database.query(QUERY, &[&products]).await;
        let rows = rows.map_err(|error| unreadable("products", &error))?;
        let counted = rows.iter().map(|row| {
            let (stock, sold) = (row.get(1), row.get(2));
            (row.get(0), Counted { stock, sold })
        });
        Ok(Self(counted.collect()))
    }

    /// One product's pieces.
    #[cfg(test)]
    pub fn of_one(product: i32, stock: i64, sold: i64) -> Self {
        Self(BTreeMap::from([(product, Counted { stock, sold })]))
    }

    /// The pieces of a product.
    pub fn of(&self, product: i32) -> Option<Counted> {
        self.0.get(&product).copied()
    }

    /// The first product whose pieces became more or fewer, with both counts.
    pub fn lost_until(&self, after: &Self) -> Option<(i32, Counted, Counted)> {
        self.0.iter().find_map(|(product, before)| {
            let now = after.of(*product).unwrap_or(Counted { stock: 0, sold: 0 });
            let same = before.stock + before.sold == now.stock + now.sold;
            (!same).then_some((*product, *before, now))
        })
    }
}

/// The trouble of a table that cannot be read.
pub fn unreadable(table: &str, error: &tokio_postgres::Error) -> Trouble {
    Trouble::of(
        Component::Postgres,
        format!("table `{table}` cannot be read: {}", reason(error)),
    )
}

/// The server's own words; the library's outer ones say only `db error`.
pub fn reason(error: &tokio_postgres::Error) -> String {
    error
        .as_db_error()
        .map_or_else(|| error.to_string(), |inner| inner.message().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(counted: &[(i32, i64, i64)]) -> Pieces {
        let counted = counted
            .iter()
            .map(|&(product, stock, sold)| (product, Counted { stock, sold }));
        Pieces(counted.collect())
    }

    #[test]
    fn buying_and_cancelling_lose_nothing() {
        let before = pieces(&[(1, 10, 5), (2, 3, 0)]);
        assert_eq!(before.lost_until(&pieces(&[(1, 7, 8), (2, 3, 0)])), None);
        assert_eq!(before.lost_until(&pieces(&[(1, 12, 3), (2, 0, 3)])), None);
    }

    #[test]
    fn selling_without_taking_out_is_seen() {
        let before = pieces(&[(1, 10, 5), (2, 3, 0)]);
        let (product, was, is) = before
            .lost_until(&pieces(&[(1, 10, 5), (2, 3, 1)]))
            .unwrap();
        assert_eq!((product, was.sold, is.sold), (2, 0, 1));
    }

    #[test]
    fn a_product_that_vanished_is_seen() {
        assert!(pieces(&[(1, 10, 5)]).lost_until(&pieces(&[])).is_some());
    }
}
