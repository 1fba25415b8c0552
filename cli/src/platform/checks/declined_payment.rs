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

/// Somebody else may buy the same product meanwhile; so often it is tried again.
const ATTEMPTS: usize = 5;

async fn judge(visit: &Visit<'_>) -> Judgement {
    let shopper = visit.shopper();
    let product = product_in_stock(&shopper).await?;
    let wanted = [(product, 1)];
    let (cart, database) = tokio::join!(shopper.fill_cart(&wanted), visit.database());
    let (cart, database) = (cart?, database?);
    let mut stock_judged = false;
    for _ in 0..ATTEMPTS {
        let before = Pieces::count(visit, &[product]).await?;
        ensure_declined(&shopper, cart).await?;
        let after = Pieces::count(visit, &[product]).await?;
        stock_judged = ensure_stock_kept(product, &before, &after)?;
        if stock_judged {
            break;
        }
    }
    let (left, orders) = tokio::join!(shopper.cart(cart), ensure_no_order(database, cart));
    orders?;
    let left = left?.quantities();
    ensure(left == wanted, || {
        broken(format!(
            "a declined payment left cart {cart} with {left:?} instead of {wanted:?} (product, pieces)"
        ))
    })?;
    Ok(if stock_judged {
        "402, stock and cart unchanged".to_owned()
    } else {
        format!("402, cart unchanged; others bought product {product} all the time")
    })
}

async fn ensure_declined(shopper: &Shopper<'_>, cart: Uuid) -> Result<(), Trouble> {
    let key = format!("verify-{}", Uuid::new_v4());
    let answer = shopper.order(&key, &order_body(cart, TOKEN)).await?;
    let answer = answer.expect(402)?;
    let code = answer.problem_code();
    ensure(code == "payment-declined", || {
        answer.trouble(&format!(
            "refused the payment as `{code}` instead of `payment-declined`"
        ))
    })
}

/// Whether it could be judged: not when somebody bought or cancelled in between. What their orders do to the stock is
/// for other checks to judge.
fn ensure_stock_kept(product: i32, before: &Pieces, after: &Pieces) -> Result<bool, Trouble> {
    let (Some(was), Some(is)) = (before.of(product), after.of(product)) else {
        return Err(broken(format!(
            "product {product} is gone from table `products`"
        )));
    };
    if was.sold != is.sold {
        return Ok(false);
    }
    ensure(was.stock == is.stock, || {
        let taken = was.stock - is.stock;
        broken(format!(
            "a declined payment took {taken} pieces of product {product} out of the stock"
        ))
    })?;
    Ok(true)
}

fn broken(cause: String) -> Trouble {
    Trouble::of(Component::Backend, cause)
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
        broken(format!(
            "a declined payment left an order for cart {cart} in table `orders`"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(before: (i64, i64), after: (i64, i64)) -> Result<bool, String> {
        let pieces = |(stock, sold)| Pieces::of_one(7, stock, sold);
        let judged = ensure_stock_kept(7, &pieces(before), &pieces(after));
        judged.map_err(|trouble| trouble.cause)
    }

    #[test]
    fn only_a_stock_that_nobody_else_moved_is_judged() {
        assert_eq!(judged((10, 3), (10, 3)), Ok(true));
        assert_eq!(judged((10, 3), (8, 5)), Ok(false));
        assert_eq!(judged((10, 3), (10, 5)), Ok(false));
        assert_eq!(
            judged((10, 3), (9, 3)).unwrap_err(),
            "a declined payment took 1 pieces of product 7 out of the stock"
        );
    }
}
