//! From what went wrong to what the client is told. Causes are logged and never told.

use http::StatusCode;
use kit::Problem;
use serde_json::json;

use crate::cache::CacheError;
use crate::checkout::CheckoutError;
use crate::payment::PaymentError;
use crate::store::StoreError;

/// When a client may try again after a dependency was away, in seconds.
const RETRY_AFTER: u32 = 1;

/// The problem for a database error.
pub fn store(error: &StoreError) -> Problem {
    match error {
        StoreError::Unavailable(_) | StoreError::Unconfirmed(_) => {
            tracing::warn!(%error, "the database is not available");
            Problem::unavailable("The shop's database is not available", RETRY_AFTER)
        }
        StoreError::Refused(_) | StoreError::Locked { .. } | StoreError::Migration(_) => {
            tracing::error!(%error, "the database refused a statement");
            Problem::internal()
        }
    }
}

/// The problem for a Redis error.
pub fn cache(error: &CacheError) -> Problem {
    tracing::warn!(%error, "carts are not available");
    Problem::unavailable("Carts are not available", RETRY_AFTER)
}

/// The problem for an order that was not placed.
pub fn checkout(error: CheckoutError) -> Problem {
    let conflict = |code, title| Problem::new(StatusCode::CONFLICT, code, title);
    match error {
        CheckoutError::NoCart => Problem::not_found().detail("There is no such cart"),
        CheckoutError::EmptyCart => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "cart-empty",
            "The cart is empty",
        ),
        CheckoutError::OutOfStock(products) => {
            conflict("out-of-stock", "Not enough pieces are left").with("products", json!(products))
        }
        CheckoutError::PriceChanged => {
            conflict("price-changed", "A price has changed during the checkout")
        }
        CheckoutError::CartUsed => {
            conflict("cart-already-ordered", "The cart has been ordered already")
        }
        CheckoutError::KeyReused => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency-key-reused",
            "The idempotency key belongs to another request",
        ),
        CheckoutError::Payment(error) => payment(&error),
        CheckoutError::Store(error) => store(&error),
        CheckoutError::Cache(error) => cache(&error),
        CheckoutError::System(reason) => {
            tracing::error!(reason, "the checkout failed");
            Problem::internal()
        }
    }
}

fn payment(error: &PaymentError) -> Problem {
    let refused = |code, title| Problem::new(StatusCode::PAYMENT_REQUIRED, code, title);
    match error {
        PaymentError::Declined => refused("payment-declined", "The payment was declined"),
        PaymentError::Timeout => refused("payment-timeout", "The bank did not answer in time"),
        PaymentError::Unavailable(reason) => {
            tracing::error!(reason, "the payment provider is not available");
            Problem::unavailable("Payments are not available", RETRY_AFTER)
        }
    }
}
