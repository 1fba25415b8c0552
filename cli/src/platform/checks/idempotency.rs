//! The same idempotency key never sells twice.

use serde_json::json;

use super::check::{Check, When};
use super::trouble::{Judgement, ensure};
use super::visit::{Order, Visit};

/// The check.
pub const CHECK: Check = Check {
    name: "idempotency",
    title: "the same order sent again is the same order, another under its key is refused",
    needs: &["checkout"],
    when: When::Together,
    judge: |visit| Box::pin(judge(visit)),
};

async fn judge(visit: &Visit<'_>) -> Judgement {
    let journey = visit.journey().await?;
    let shopper = visit.shopper();
    let mut other = journey.body.clone();
    other["customer"]["name"] = json!("Somebody Else");
    let (same, different) = tokio::join!(
        shopper.order(&journey.key, &journey.body),
        shopper.order(&journey.key, &other),
    );
    let same = same?.expect(201)?;
    let order: Order = same.json()?;
    ensure(order.id == journey.order.id, || {
        same.trouble(&format!(
            "sold twice under one key: orders {} and {}",
            journey.order.id, order.id
        ))
    })?;
    ensure(
        order.token.as_deref() == Some(journey.token.as_str()),
        || same.trouble("gave another token for the same order when it was sent again"),
    )?;
    let different = different?.expect(422)?;
    let code = different.problem_code();
    ensure(code == "idempotency-key-reused", || {
        different.trouble(&format!(
            "refused a reused key as `{code}` instead of `idempotency-key-reused`"
        ))
    })?;
    Ok(format!("order {} once, for two equal requests", order.id))
}
