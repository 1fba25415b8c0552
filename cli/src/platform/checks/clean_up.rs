//! What `verify` wrote is removed.

use super::check::{Check, When};
use super::trouble::Judgement;
use super::visit::Visit;

/// The check.
pub const CHECK: Check = Check {
    name: "clean-up",
    title: "what was bought is cancelled, and nothing of it is left",
    needs: &[],
    when: When::AtTheEnd,
    judge: |visit| Box::pin(judge(visit)),
};

async fn judge(visit: &Visit<'_>) -> Judgement {
    let cleaned = visit.clean_up().await?;
    Ok(format!(
        "{} orders and {} carts removed",
        cleaned.orders, cleaned.carts
    ))
}
