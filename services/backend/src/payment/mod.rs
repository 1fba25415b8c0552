//! Payments.

mod provider;
mod simulated;

pub use provider::{Authorisation, Charge, PaymentError, PaymentProvider};
pub use simulated::Simulated;
