//! Removes what the visit wrote.

use redis::AsyncCommands as _;

use super::contract::Order;
use super::ledger::PlacedOrder;
use super::sweep::sweep;
use super::visit::Visit;
use crate::plan::Component;
use crate::platform::checks::trouble::{Trouble, ensure};

/// What a clean-up did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CleanedUp {
    /// Orders that were cancelled and deleted, those that an earlier visit left behind among them.
    pub orders: i64,
    /// Carts that were opened.
    pub carts: usize,
}

impl Visit<'_> {
    /// Cancels the orders through the API, which gives the pieces back and refreshes what is cached, deletes their
    /// rows and the carts, and sweeps up what killed visits left. Goes on after a failure and returns the first.
    pub async fn clean_up(&self) -> Result<CleanedUp, Trouble> {
        self.ledger.settled().await;
        let (orders, carts) = (self.ledger.orders(), self.ledger.carts());
        let mut cancelled = Ok(());
        for order in &orders {
            cancelled = cancelled.and(self.cancel(order).await);
        }
        let ids: Vec<_> = orders.iter().map(|order| order.id).collect();
        let (swept, emptied) = tokio::join!(sweep(self, &ids, &carts, true), self.delete_carts());
        cancelled?;
        emptied?;
        Ok(CleanedUp {
            orders: swept?,
            carts: carts.len(),
        })
    }

    async fn cancel(&self, order: &PlacedOrder) -> Result<(), Trouble> {
        let path = format!("/api/orders/{}/cancel", order.id);
        let answer = self.door.post(&path).bearer(&order.token).send().await?;
        let answer = answer.expect(200)?;
        let cancelled: Order = answer.json()?;
        ensure(cancelled.status == "cancelled", || {
            answer.trouble(&format!("left the order `{}`", cancelled.status))
        })
    }

    async fn delete_carts(&self) -> Result<(), Trouble> {
        let carts = self.ledger.carts();
        if carts.is_empty() {
            return Ok(());
        }
        let keys: Vec<_> = carts.iter().map(|id| format!("cart:{id}")).collect();
        let mut redis = self.redis().await?;
        redis.del(keys).await.map_err(|error: redis::RedisError| {
            Trouble::of(
                Component::Redis,
                format!("carts cannot be removed from Redis: {error}"),
            )
        })
    }
}
