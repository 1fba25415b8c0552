//! Placing an order.

use uuid::Uuid;

use super::OrderRequest;
use crate::cache::carts::{self, Quantities};
use crate::cache::{CacheError, products as product_cache};
use crate::money::Money;
use crate::payment::{Charge, PaymentError};
use crate::state::AppState;
use crate::store::orders::Order;
use crate::store::sales::{self, Outcome, Sale};
use crate::store::{StoreError, orders, products};
use crate::token::{self, HASH_LENGTH};

/// A placed order and the bearer that opens it.
#[derive(Debug)]
pub struct Placed {
    /// The order.
    pub order: Order,
    /// The secret of its buyer.
    pub bearer: String,
}

/// Why there is no order.
#[derive(Debug, thiserror::Error)]
pub enum CheckoutError {
    /// There is no such cart (any more).
    #[error("there is no such cart")]
    NoCart,
    /// Nothing is in the cart.
    #[error("the cart is empty")]
    EmptyCart,
    /// Too few pieces of these products are left.
    #[error("too few pieces are left")]
    OutOfStock(Vec<i32>),
    /// A price changed during the checkout.
    #[error("a price has changed")]
    PriceChanged,
    /// The cart has become an order before.
    #[error("the cart has been ordered")]
    CartUsed,
    /// Another request was sent with this idempotency key.
    #[error("the idempotency key belongs to another request")]
    KeyReused,
    /// No payment.
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// PostgreSQL.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Redis.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// The system has no randomness, or the request cannot be hashed.
    #[error("{0}")]
    System(String),
}

/// Places the order, or finds the one that the same request has placed before.
pub async fn place(
    state: &AppState,
    key: &str,
    request: &OrderRequest,
    synthetic: bool,
) -> Result<Placed, CheckoutError> {
    let key_hash = token::hash(key.as_bytes());
    let request_hash = request
        .hash()
        .map_err(|error| CheckoutError::System(error.to_string()))?;
    if let Some(placed) = replay(state, key, &key_hash, &request_hash).await? {
        return Ok(placed);
    }
    let outcome = buy(state, key, request, synthetic, (key_hash, request_hash)).await;
    match outcome {
        // The same request may just have been carried out by somebody else, who took the cart or the last pieces.
        Err(CheckoutError::NoCart | CheckoutError::EmptyCart | CheckoutError::OutOfStock(_)) => {
            replay(state, key, &key_hash, &request_hash)
                .await?
                .map_or(outcome, Ok)
        }
        outcome => outcome,
    }
}

async fn replay(
    state: &AppState,
    key: &str,
    key_hash: &[u8; HASH_LENGTH],
    request_hash: &[u8; HASH_LENGTH],
) -> Result<Option<Placed>, CheckoutError> {
    let connection = state.database.connection().await?;
    let order = orders::by_key(&**connection, key_hash).await?;
    order
        .map(|order| replayed(order, key, request_hash))
        .transpose()
}

fn replayed(
    order: Order,
    key: &str,
    request_hash: &[u8; HASH_LENGTH],
) -> Result<Placed, CheckoutError> {
    if order.request_hash != request_hash {
        return Err(CheckoutError::KeyReused);
    }
    let bearer = token::derive(&order.token_salt, order.id, key);
    Ok(Placed { order, bearer })
}

async fn buy(
    state: &AppState,
    key: &str,
    request: &OrderRequest,
    synthetic: bool,
    (key_hash, request_hash): ([u8; HASH_LENGTH], [u8; HASH_LENGTH]),
) -> Result<Placed, CheckoutError> {
    let quantities = carts::get(
        &state.cache,
        request.cart_id,
        state.settings.cart_ttl_seconds,
    )
    .await?
    .ok_or(CheckoutError::NoCart)?;
    let total = total(state, &quantities).await?;
    let order = Uuid::new_v4();
    let mut token_salt = [0; HASH_LENGTH];
    getrandom::fill(&mut token_salt).map_err(|error| CheckoutError::System(error.to_string()))?;
    let bearer = token::derive(&token_salt, order, key);
    let sale = Sale {
        order,
        cart: request.cart_id,
        quantities,
        total,
        customer: request.customer.clone(),
        key_hash,
        request_hash,
        token_hash: token::hash(bearer.as_bytes()),
        token_salt,
        synthetic,
    };
    authorise(state, &sale, &request.payment_token).await?;
    let outcome = write_down(state, &sale).await;
    if !matches!(
        outcome,
        Ok(Outcome::Sold(_)) | Err(StoreError::Unconfirmed(_))
    ) {
        void(state, order).await;
    }
    let order = match outcome? {
        Outcome::Sold(order) => order,
        Outcome::Replayed(order) => return replayed(*order, key, &request_hash),
        Outcome::OutOfStock(products) => return Err(CheckoutError::OutOfStock(products)),
        Outcome::PriceChanged => return Err(CheckoutError::PriceChanged),
        Outcome::CartUsed => return Err(CheckoutError::CartUsed),
    };
    finish(state, &sale).await;
    Ok(Placed {
        order: *order,
        bearer,
    })
}

/// Prices come from the database, whatever the client believes. Stock is looked at before the bank is asked, and again
/// under lock afterwards.
async fn total(state: &AppState, quantities: &Quantities) -> Result<i64, CheckoutError> {
    if quantities.is_empty() {
        return Err(CheckoutError::EmptyCart);
    }
    let ids: Vec<i32> = quantities.keys().copied().collect();
    let products = products::get_many(&state.database, &ids).await?;
    let stock = |id: &i32| {
        products
            .iter()
            .find(|product| product.id == *id)
            .map_or(0, |product| product.stock)
    };
    let lacking: Vec<i32> = quantities
        .iter()
        .filter(|(id, quantity)| stock(id) < **quantity)
        .map(|(id, _)| *id)
        .collect();
    if !lacking.is_empty() {
        return Err(CheckoutError::OutOfStock(lacking));
    }
    let lines = products
        .iter()
        .filter_map(|product| Some(product.price.times(*quantities.get(&product.id)?).amount));
    Ok(lines.sum())
}

async fn authorise(
    state: &AppState,
    sale: &Sale,
    payment_token: &str,
) -> Result<(), CheckoutError> {
    let charge = Charge {
        reference: sale.order,
        amount: Money::euro_cents(sale.total),
        token: payment_token.to_owned(),
    };
    match tokio::time::timeout(
        state.settings.payment_timeout,
        state.payments.authorise(&charge),
    )
    .await
    {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.into()),
        Err(_) => {
            // The provider may still say yes to nobody.
            void(state, charge.reference).await;
            Err(PaymentError::Timeout.into())
        }
    }
}

/// A connection that breaks during `COMMIT` leaves open whether the sale is written down: look it up then. If that
/// fails too, nothing is voided; the buyer is told to try again with the same key, which settles it.
async fn write_down(state: &AppState, sale: &Sale) -> Result<Outcome, StoreError> {
    match sales::sell(&state.database, sale).await {
        Err(StoreError::Unconfirmed(reason)) => {
            tracing::warn!(order = %sale.order, reason, "the commit was not confirmed");
            match sales::settled(&state.database, &sale.key_hash).await {
                Ok(Some(order)) if order.id == sale.order => Ok(Outcome::Sold(Box::new(order))),
                Ok(Some(order)) => Ok(Outcome::Replayed(Box::new(order))),
                Ok(None) => Err(StoreError::Unavailable(reason)),
                Err(_) => Err(StoreError::Unconfirmed(reason)),
            }
        }
        outcome => outcome,
    }
}

/// Takes a payment back. The provider may be away; then the authorisation expires by itself.
pub(crate) async fn void(state: &AppState, reference: Uuid) {
    let answer = tokio::time::timeout(
        state.settings.payment_timeout,
        state.payments.void(reference),
    )
    .await;
    match answer {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%reference, %error, "a payment could not be voided"),
        Err(_) => tracing::error!(%reference, "a payment could not be voided in time"),
    }
}

/// The order stands; what is left may fail without harm.
async fn finish(state: &AppState, sale: &Sale) {
    state.metrics.order_placed(sale.synthetic);
    tracing::info!(order = %sale.order, total = sale.total, synthetic = sale.synthetic, "order placed");
    let ids: Vec<i32> = sale.quantities.keys().copied().collect();
    product_cache::invalidate(&state.cache, &ids).await;
    if let Err(error) = carts::delete(&state.cache, sale.cart).await {
        tracing::warn!(cart = %sale.cart, %error, "the cart is removed later");
    }
}
