//! Loading the seed into the database, in one transaction.

use serde_json::Value;
use tokio_postgres::types::Json;
use tokio_postgres::{Client, Transaction};

use super::checksum::checksum;
use super::{Catalogue, CatalogueError, History};
use crate::store::{StoreError, migrations};

/// Why the seed could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The bundled catalogue is broken.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<tokio_postgres::Error> for SeedError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Store(error.into())
    }
}

/// What a run has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Products loaded; 0 when this data set was there already.
    pub products: usize,
    /// Orders loaded.
    pub orders: usize,
}

impl Outcome {
    /// One line for people.
    pub fn summary(self) -> &'static str {
        if self.products == 0 {
            "the seed is loaded already"
        } else {
            "the seed is loaded"
        }
    }
}

const KNOWN: &str = "select 1 from seeds where checksum = $1";
const REMEMBER: &str = "insert into seeds (checksum) values ($1)";
const FORGET_ORDERS: &str = "delete from orders where source = 'seed'";

const CATEGORIES: &str = "\
    insert into categories (id, name, position)
    select id, name, position from unnest($1::text[], $2::text[]) with ordinality as given (id, name, position)
    on conflict (id) do update set name = excluded.name, position = excluded.position";

/// Stock belongs to the shop as soon as it sells: a later run leaves it alone.
const PRODUCTS: &str = "\
    insert into products (id, name, description, category, price_amount, stock, artwork, created_at)
    select * from unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::int[], $7::text[],
                         $8::timestamptz[])
    on conflict (id) do update set name = excluded.name, description = excluded.description,
        category = excluded.category, price_amount = excluded.price_amount, artwork = excluded.artwork,
        created_at = excluded.created_at";

const ORDERS: &str = "\
    insert into orders (id, created_at, status, total_amount, customer, token_hash, token_salt, request_hash, source)
    select id, created_at, case when cancelled then 'cancelled' else 'paid' end, total, customer, token_hash, '', '',
           'seed'
    from unnest($1::uuid[], $2::timestamptz[], $3::bool[], $4::bigint[], $5::jsonb[], $6::bytea[])
        as given (id, created_at, cancelled, total, customer, token_hash)";

const LINES: &str = "\
    insert into order_lines (order_id, product_id, quantity, unit_price_amount)
    select * from unnest($1::uuid[], $2::int[], $3::int[], $4::bigint[])";

const ANY_LINE: &str = "select 1 from order_lines limit 1";

/// Checking the references of twenty thousand lines at once takes a tenth of the time of checking each, but keeps
/// everybody else out meanwhile: for a shop without orders only.
const SUSPEND_REFERENCES: &str = "\
    alter table order_lines
        drop constraint order_lines_order_id_fkey,
        drop constraint order_lines_product_id_fkey";
const RESTORE_REFERENCES: &str = "\
    alter table order_lines
        add constraint order_lines_order_id_fkey foreign key (order_id) references orders (id) on delete cascade,
        add constraint order_lines_product_id_fkey foreign key (product_id) references products (id)";

/// Loads the bundled data set, unless it is there. Runs at the same time wait for each other.
pub async fn load(client: &mut Client) -> Result<Outcome, SeedError> {
    migrations::lock(client).await?;
    let checksum = checksum();
    let transaction = client.transaction().await?;
    if transaction.query_opt(KNOWN, &[&checksum]).await?.is_some() {
        return Ok(Outcome {
            products: 0,
            orders: 0,
        });
    }
    let catalogue = Catalogue::bundled()?;
    let history = History::simulate(&catalogue);
    transaction.execute(FORGET_ORDERS, &[]).await?;
    load_catalogue(&transaction, &catalogue).await?;
    let is_first = transaction.query_opt(ANY_LINE, &[]).await?.is_none();
    if is_first {
        transaction.batch_execute(SUSPEND_REFERENCES).await?;
    }
    load_orders(&transaction, &history).await?;
    if is_first {
        transaction.batch_execute(RESTORE_REFERENCES).await?;
    }
    transaction.execute(REMEMBER, &[&checksum]).await?;
    transaction.commit().await?;
    Ok(Outcome {
        products: catalogue.items.len(),
        orders: history.orders.len(),
    })
}

async fn load_catalogue(
    transaction: &Transaction<'_>,
    catalogue: &Catalogue,
) -> Result<(), SeedError> {
    let (slugs, names): (Vec<_>, Vec<_>) = catalogue
        .categories
        .iter()
        .map(|(id, name)| (id.as_str(), name.as_str()))
        .unzip();
    transaction.execute(CATEGORIES, &[&slugs, &names]).await?;
    let items = &catalogue.items;
    let ids: Vec<_> = items.iter().map(|item| item.id).collect();
    let names: Vec<_> = items.iter().map(|item| item.name.as_str()).collect();
    let descriptions: Vec<_> = items.iter().map(|item| item.description.as_str()).collect();
    let categories: Vec<_> = items.iter().map(|item| item.category.as_str()).collect();
    let prices: Vec<_> = items.iter().map(|item| item.price).collect();
    let stocks: Vec<_> = items.iter().map(|item| item.stock).collect();
    let artworks: Vec<_> = items.iter().map(|item| item.artwork.as_str()).collect();
    let arrivals: Vec<_> = items.iter().map(|item| item.created_at).collect();
    transaction
        .execute(
            PRODUCTS,
            &[
                &ids,
                &names,
                &descriptions,
                &categories,
                &prices,
                &stocks,
                &artworks,
                &arrivals,
            ],
        )
        .await?;
    Ok(())
}

async fn load_orders(transaction: &Transaction<'_>, history: &History) -> Result<(), SeedError> {
    let orders = &history.orders;
    let ids: Vec<_> = orders.iter().map(|order| order.id).collect();
    let times: Vec<_> = orders.iter().map(|order| order.created_at).collect();
    let cancelled: Vec<_> = orders.iter().map(|order| order.cancelled).collect();
    let price = |(_, quantity, price): &(i32, i32, i64)| i64::from(*quantity) * price;
    let totals: Vec<i64> = orders
        .iter()
        .map(|order| order.lines.iter().map(price).sum())
        .collect();
    let customers: Vec<Json<&Value>> = orders.iter().map(|order| Json(&order.customer)).collect();
    let hashes: Vec<&[u8]> = orders
        .iter()
        .map(|order| order.token_hash.as_slice())
        .collect();
    transaction
        .execute(
            ORDERS,
            &[&ids, &times, &cancelled, &totals, &customers, &hashes],
        )
        .await?;

    let lines: Vec<_> = orders
        .iter()
        .flat_map(|order| order.lines.iter().map(|line| (order.id, *line)))
        .collect();
    let owners: Vec<_> = lines.iter().map(|(order, _)| *order).collect();
    let products: Vec<_> = lines.iter().map(|(_, (product, _, _))| *product).collect();
    let quantities: Vec<_> = lines
        .iter()
        .map(|(_, (_, quantity, _))| *quantity)
        .collect();
    let prices: Vec<_> = lines.iter().map(|(_, (_, _, price))| *price).collect();
    transaction
        .execute(LINES, &[&owners, &products, &quantities, &prices])
        .await?;
    Ok(())
}
