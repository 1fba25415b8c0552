//! The visit itself.

use redis::aio::MultiplexedConnection;
use tokio::sync::OnceCell;
use tokio_postgres::Client;

use super::door::Door;
use super::journey::Journey;
use super::ledger::Ledger;
use super::shopper::Shopper;
use super::stores::Stores;
use super::traceparent::Traceparent;
use crate::platform::Shop;
use crate::platform::checks::trouble::Trouble;

/// One round of checks in one shop.
pub struct Visit<'a> {
    /// The shop.
    pub shop: &'a Shop,
    /// Its front door.
    pub door: Door,
    /// What was written.
    pub ledger: Ledger,
    stores: Stores,
    journey: OnceCell<Result<Journey, Trouble>>,
}

impl<'a> Visit<'a> {
    /// A visit to that shop. Nothing is connected yet.
    pub fn new(shop: &'a Shop) -> Self {
        Self {
            shop,
            door: Door::new(&shop.front_door, shop.resolve.clone()),
            ledger: Ledger::default(),
            stores: Stores::default(),
            journey: OnceCell::new(),
        }
    }

    /// The journey from the cart to the paid order; the first who asks walks it.
    pub async fn journey(&self) -> Result<&Journey, Trouble> {
        let walk = async || Journey::walk(self).await;
        self.journey
            .get_or_init(walk)
            .await
            .as_ref()
            .map_err(Clone::clone)
    }

    /// Somebody who buys here under a trace of their own.
    pub fn shopper(&self) -> Shopper<'_> {
        Shopper::new(self, Traceparent::random())
    }

    /// The database, as the owner of the schema.
    pub async fn database(&self) -> Result<&Client, Trouble> {
        self.stores.database(self.shop.inside.as_ref()).await
    }

    /// Redis.
    pub async fn redis(&self) -> Result<MultiplexedConnection, Trouble> {
        self.stores.redis(self.shop.inside.as_ref()).await
    }

    /// Whether anything was written that must be removed.
    pub fn has_written(&self) -> bool {
        !self.ledger.is_empty()
    }
}
