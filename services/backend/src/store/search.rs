//! Finding products: full text, category, order, page.

use futures_util::future::try_join;
use tokio_postgres::types::ToSql;

use super::products::{COLUMNS, from_row};
use super::{Connection, Database, StoreError};
use crate::product::Product;

/// Words beyond these do not narrow a search any more, they only cost time.
const MOST_WORDS: usize = 8;

/// In which order products are listed. Equal products follow each other by number, so pages are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Best match first; without a search, the shop's own order.
    Relevance,
    /// By name.
    Name,
    /// Cheapest first.
    Cheapest,
    /// Dearest first.
    Dearest,
    /// Newest first.
    Newest,
}

/// What to find.
#[derive(Debug, Clone)]
pub struct Query {
    /// Words as typed; none, or only white space, means all products.
    pub text: Option<String>,
    /// The category's slug.
    pub category: Option<String>,
    /// In which order.
    pub order: Order,
    /// How many at most.
    pub limit: i64,
    /// How many to skip.
    pub offset: i64,
}

/// Part of what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The products of the page.
    pub products: Vec<Product>,
    /// The number of all products that match.
    pub total: i64,
}

/// Finds products.
pub async fn find(database: &Database, query: &Query) -> Result<Page, StoreError> {
    let words = match query.text.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(text) => Some(words(text)),
    };
    if words.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Page {
            products: Vec::new(),
            total: 0,
        });
    }
    let connection = database.connection().await?;
    let filter = filter(words.is_some(), query.category.is_some());
    let order = order(query.order, words.is_some());
    let page = format!(
        "select {COLUMNS} from products where {filter} order by {order} limit $3 offset $4"
    );
    let count = format!("select count(*) from products where {filter}");
    let filters: [&(dyn ToSql + Sync); 2] = [&words, &query.category];
    let bounds: [&(dyn ToSql + Sync); 4] = [&words, &query.category, &query.limit, &query.offset];
    // Both go to the server at once; it answers them one after the other.
    let (rows, counted) = try_join(
        run(&connection, &page, &bounds),
        run(&connection, &count, &filters),
    )
    .await?;
    let total = counted.first().map_or(0, |row| row.get(0));
    Ok(Page {
        products: rows.iter().map(from_row).collect(),
        total,
    })
}

async fn run(
    connection: &Connection,
    sql: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<Vec<tokio_postgres::Row>, StoreError> {
    let statement = connection.prepare_cached(sql).await?;
    Ok(connection.query(&statement, parameters).await?)
}

/// Parameters keep their places and types whether they are used or not.
fn filter(by_words: bool, by_category: bool) -> String {
    let words = if by_words {
        "search @@ search_query($1::text[])"
    } else {
        "$1::text[] is null"
    };
    let category = if by_category {
        "category = $2::text"
    } else {
        "$2::text is null"
    };
    format!("{words} and {category}")
}

fn order(order: Order, by_words: bool) -> &'static str {
    match order {
        Order::Relevance if by_words => "ts_rank(search, search_query($1::text[])) desc, id",
        Order::Relevance => "id",
        Order::Name => "lower(name), id",
        Order::Cheapest => "price_amount, id",
        Order::Dearest => "price_amount desc, id",
        Order::Newest => "created_at desc, id desc",
    }
}

/// The words of a text, in lower case and without anything that means something to `to_tsquery`.
fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(MOST_WORDS)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_letters_and_digits_only() {
        assert_eq!(
            words("  Chef's KNIFE, 20cm "),
            ["chef", "s", "knife", "20cm"]
        );
        assert_eq!(words("a & b | !c:* <-> 'd' \\"), ["a", "b", "c", "d"]);
        assert!(words("!&|:*()<>'\"\\").is_empty());
        assert_eq!(words(&"x ".repeat(100)).len(), MOST_WORDS);
    }
}
