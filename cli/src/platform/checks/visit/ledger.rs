//! What this visit has written into the shop, so that it can be removed.

use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

/// The carts and orders of this visit.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    carts: Vec<Uuid>,
    orders: Vec<PlacedOrder>,
}

/// An order that this visit has placed.
#[derive(Debug, Clone)]
pub struct PlacedOrder {
    /// Its identity.
    pub id: Uuid,
    /// What its owner shows.
    pub token: String,
}

impl Ledger {
    /// Notes a cart.
    pub fn cart(&self, id: Uuid) {
        self.entries().carts.push(id);
    }

    /// Notes an order.
    pub fn order(&self, id: Uuid, token: String) {
        let mut entries = self.entries();
        if entries.orders.iter().all(|order| order.id != id) {
            entries.orders.push(PlacedOrder { id, token });
        }
    }

    /// All carts.
    pub fn carts(&self) -> Vec<Uuid> {
        self.entries().carts.clone()
    }

    /// All orders.
    pub fn orders(&self) -> Vec<PlacedOrder> {
        self.entries().orders.clone()
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        // An order has a cart.
        self.entries().carts.is_empty()
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        // A list that somebody panicked over is still the list.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
