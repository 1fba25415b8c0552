//! Nobody sees somebody else's order.

use uuid::Uuid;

use super::check::{Check, When};
use super::trouble::{Judgement, ensure};
use super::visit::{Order, Visit};

/// The check.
pub const CHECK: Check = Check {
    name: "foreign-orders",
    title: "an order is shown to its owner and a 404 to everybody else",
    needs: &["checkout"],
    when: When::Together,
    judge: |visit| Box::pin(judge(visit)),
};

async fn judge(visit: &Visit<'_>) -> Judgement {
    let journey = visit.journey().await?;
    let path = format!("/api/orders/{}", journey.order.id);
    let unknown = format!("/api/orders/{}", Uuid::new_v4());
    let (owner, nobody, stranger, misplaced) = tokio::join!(
        visit.door.get(&path).bearer(&journey.token).send(),
        visit.door.get(&path).send(),
        visit.door.get(&path).bearer("somebody-elses-token").send(),
        visit.door.get(&unknown).bearer(&journey.token).send(),
    );
    let owner = owner?.expect(200)?;
    let order: Order = owner.json()?;
    ensure(
        (order.id, order.lines()) == (journey.order.id, journey.order.lines()),
        || owner.trouble("shows its owner another order than was placed"),
    )?;
    let refused = [
        nobody?.expect(404)?,
        stranger?.expect(404)?,
        misplaced?.expect(404)?,
    ];
    // A different text for an order that exists would tell that it does.
    let codes = refused.map(|answer| answer.problem_code());
    ensure(codes.iter().all(|code| *code == codes[0]), || {
        owner.trouble(&format!(
            "and an unknown order are refused differently: {codes:?}"
        ))
    })?;
    Ok("200 for its owner, 404 without token, with another and for an unknown order".to_owned())
}
