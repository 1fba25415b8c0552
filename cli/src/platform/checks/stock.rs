//! The stock went down by exactly what was sold.

use std::time::Duration;

use super::check::{Check, When};
use super::trouble::{Judgement, Trouble, ensure};
use super::visit::{Journey, Pieces, Product, Visit, eventually};
use crate::plan::Component;

/// The check.
pub const CHECK: Check = Check {
    name: "stock",
    title: "the stock went down by what was sold, in PostgreSQL and in the API",
    needs: &["checkout"],
    when: When::Together,
    judge: |visit| Box::pin(judge(visit)),
};

/// The API may show an old stock for this long while others are buying.
const PATIENCE: Duration = Duration::from_secs(1);

async fn judge(visit: &Visit<'_>) -> Judgement {
    let journey = visit.journey().await?;
    let before = journey.pieces.clone()?;
    let products: Vec<_> = journey.lines.iter().map(|line| line.product.id).collect();
    let after = Pieces::count(visit, &products).await?;
    ensure_sold(journey, &before, &after)?;
    let first = products[0];
    eventually(PATIENCE, async || ensure_shown(visit, first).await).await?;
    let stock = |pieces: &Pieces| pieces.of(first).map_or(0, |counted| counted.stock);
    Ok(format!(
        "product {first} from {} to {} pieces",
        stock(&before),
        stock(&after)
    ))
}

/// Others may have bought the same products in between; what they bought is among the pieces sold.
fn ensure_sold(journey: &Journey, before: &Pieces, after: &Pieces) -> Result<(), Trouble> {
    if let Some((product, was, is)) = before.lost_until(after) {
        let (sold, taken) = (is.sold - was.sold, was.stock - is.stock);
        let cause = format!(
            "order {} and others sold {sold} pieces of product {product}, but its stock went down by {taken}",
            journey.order.id
        );
        return Err(Trouble::of(Component::Backend, cause));
    }
    Ok(())
}

/// The API's figure must be the database's; it counts only when nobody bought in between.
async fn ensure_shown(visit: &Visit<'_>, product: i32) -> Result<(), Trouble> {
    let path = format!("/api/products/{product}");
    let before = Pieces::count(visit, &[product]).await?;
    let answer = visit.door.get(&path).send().await?.expect(200)?;
    let shown: Product = answer.json()?;
    let after = Pieces::count(visit, &[product]).await?;
    let stock = after.of(product).map(|counted| counted.stock);
    ensure(before == after && stock == Some(shown.stock), || {
        answer.trouble(&format!(
            "shows {} pieces although PostgreSQL has {}",
            shown.stock,
            stock.unwrap_or_default()
        ))
    })
}
