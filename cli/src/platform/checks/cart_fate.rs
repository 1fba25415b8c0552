//! The cart lives in Redis until it is sold.

use std::time::Duration;

use redis::AsyncCommands as _;

use super::check::{Check, When};
use super::trouble::{Judgement, Trouble, ensure};
use super::visit::{Visit, eventually};
use crate::plan::Component;

/// The check.
pub const CHECK: Check = Check {
    name: "cart-fate",
    title: "the cart was in Redis with a time to live and is gone after the order",
    needs: &["checkout"],
    when: When::Together,
    judge: |visit| Box::pin(judge(visit)),
};

/// A cart that was sold may be there for this long.
const PATIENCE: Duration = Duration::from_secs(1);

async fn judge(visit: &Visit<'_>) -> Judgement {
    let journey = visit.journey().await?;
    let key = format!("cart:{}", journey.cart);
    let open = journey.open_cart.clone()?;
    let mut bought: Vec<_> = journey
        .lines
        .iter()
        .map(|line| (line.product.id, line.quantity))
        .collect();
    bought.sort_unstable();
    ensure(open.quantities == bought, || {
        broken(&format!(
            "`{key}` held {:?} in Redis instead of {bought:?} (product, pieces)",
            open.quantities
        ))
    })?;
    ensure(open.time_to_live > 0, || {
        broken(&format!("`{key}` had no time to live in Redis"))
    })?;
    let redis = visit.redis().await?;
    eventually(PATIENCE, async || {
        let exists: bool =
            redis
                .clone()
                .exists(&key)
                .await
                .map_err(|error: redis::RedisError| {
                    Trouble::of(
                        Component::Redis,
                        format!("`{key}` cannot be looked up in Redis: {error}"),
                    )
                })?;
        ensure(!exists, || {
            broken(&format!("`{key}` is still in Redis after the order"))
        })
    })
    .await?;
    let path = format!("/api/carts/{}", journey.cart);
    visit.door.get(&path).send().await?.expect(404)?;
    Ok(format!(
        "lived with {} s to go, then went",
        open.time_to_live
    ))
}

fn broken(cause: &str) -> Trouble {
    Trouble::of(Component::Backend, cause)
}
