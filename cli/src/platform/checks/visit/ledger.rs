//! What this visit has written into the shop, so that it can be removed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// The carts and orders of this visit. Clones are the same ledger.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    entries: Arc<Mutex<Entries>>,
    writing: TaskTracker,
}

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
    /// Carries on with a request that writes even when nobody waits for its answer any more, so that an interruption
    /// leaves nothing behind that is not noted here.
    pub fn write<F>(&self, request: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.writing.spawn(request)
    }

    /// Comes back when nothing is being written.
    pub async fn settled(&self) {
        self.writing.close();
        self.writing.wait().await;
    }

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
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
