//! Turning a cart into a paid order, once.
//!
//! The payment is authorised before the transaction begins, so that no row is locked while a bank thinks; whatever
//! then keeps the sale from being written down voids the authorisation again.

mod place;
mod request;

pub(crate) use place::void;
pub use place::{CheckoutError, Placed, place};
pub use request::OrderRequest;
