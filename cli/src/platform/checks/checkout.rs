//! From the cart to a paid order, through the front door.

use super::check::{Check, When};
use super::trouble::Judgement;
use super::visit::Visit;

/// The check.
pub const CHECK: Check = Check {
    name: "checkout",
    title: "a cart becomes a paid order at the right price",
    needs: &[],
    when: When::Together,
    judge: |visit| Box::pin(judge(visit)),
};

async fn judge(visit: &Visit<'_>) -> Judgement {
    let order = &visit.journey().await?.order;
    Ok(format!(
        "order {} {}, {}",
        order.id, order.status, order.total
    ))
}
