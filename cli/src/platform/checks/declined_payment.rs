//! A payment that is declined changes nothing.

use tokio_postgres::Client;
use uuid::Uuid;

use super::check::{Check, When};
use super::trouble::{Judgement, Trouble, ensure};
use super::visit::{Pieces, ProductPage, Shopper, Visit, order_body, unreadable};
use crate::plan::Component;

/// The check.
pub const CHECK: Check = Check {
    name: "declined-payment",
    title: "a declined payment leaves stock and cart as they were",
    needs: &[],
    when: When::Together,
    judge: |visit| Box::pin(judge(visit)),
};

/// What the simulated provider declines.
const TOKEN: &str = "tok_declined";

const ORDERS: &str = "SELECT count(*) FROM orders WHERE cart_id = $1";

async fn judge(visit: &Visit<'_>) -> Judgement {
    let shopper = visit.shopper();
    let product = product_in_stock(&shopper).await?;
    let (wanted, products) = ([(product, 1)], [product]);
    let (cart, database) = tokio::join!(shopper.fill_cart(&wanted), visit.database());
    let (cart, database) = (cart?, database?);
    let (before, seen) = tokio::join!(Pieces::count(visit, &products), shopper.cart(cart));
    let (before, seen) = (before?, seen?);
    let key = format!("verify-{}", Uuid::new_v4());
    let answer = shopper
        .order(&key, &order_body(cart, TOKEN))
        .await?
        .expect(402)?;
    let code = answer.problem_code();
    ensure(code == "payment-declined", || {
        answer.trouble(&format!(
            "refused the payment as `{code}` instead of `payment-declined`"
        ))
    })?;
    let (after, left) = tokio::join!(Pieces::count(visit, &products), shopper.cart(cart));
    let (after, left) = (after?, left?);
    ensure_no_order(database, cart).await?;
    if let Some((product, was, is)) = before.lost_until(&after) {
        let cause = format!(
            "a declined payment took {} pieces of product {product} out of the stock",
            was.stock - is.stock
        );
        return Err(Trouble::of(Component::Backend, cause));
    }
    ensure(left.quantities() == seen.quantities(), || {
        let cause = format!(
            "a declined payment left cart {cart} with {:?} instead of {:?} (product, pieces)",
            left.quantities(),
            seen.quantities()
        );
        Trouble::of(Component::Backend, cause)
    })?;
    Ok("402, stock and cart unchanged".to_owned())
}

async fn product_in_stock(shopper: &Shopper<'_>) -> Result<i32, Trouble> {
    let page: ProductPage = shopper.get("/api/products?per_page=100").await?.ok()?;
    let most = page.items.iter().max_by_key(|product| product.stock);
    most.filter(|product| product.stock > 0)
        .map(|product| product.id)
        .ok_or_else(|| Trouble::new("no product of the first 100 is in stock", "shopctl up"))
}

async fn ensure_no_order(database: &Client, cart: Uuid) -> Result<(), Trouble> {
    let row = database.query_one(ORDERS, &[&cart]).await;
    let count: i64 = row.map_err(|error| unreadable("orders", &error))?.get(0);
    ensure(count == 0, || {
        let cause = format!("a declined payment left an order for cart {cart} in table `orders`");
        Trouble::of(Component::Backend, cause)
    })
}
