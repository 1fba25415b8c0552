//! What the shop asks of a payment provider.

use async_trait::async_trait;
use uuid::Uuid;

use crate::money::Money;

/// A payment to be authorised.
#[derive(Debug, Clone)]
pub struct Charge {
    /// The shop's name for the payment: unique for each attempt, and known to the shop before the provider answers, so
    /// that an attempt whose answer never came can be voided too.
    pub reference: Uuid,
    /// How much.
    pub amount: Money,
    /// What the buyer's browser got from the provider in exchange for the card.
    pub token: String,
}

/// The provider's promise to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorisation {
    /// The shop's name for the payment.
    pub reference: Uuid,
}

/// Why there is no payment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaymentError {
    /// The bank says no, or the token is not known.
    #[error("the payment was declined")]
    Declined,
    /// The provider did not answer in time.
    #[error("the payment provider did not answer in time")]
    Timeout,
    /// The provider cannot be used now.
    #[error("the payment provider failed: {0}")]
    Unavailable(String),
}

/// A payment provider. Implementations need no time-out of their own: the caller sets one and then voids the charge.
#[async_trait]
pub trait PaymentProvider: Send + Sync {
    /// Reserves the amount.
    async fn authorise(&self, charge: &Charge) -> Result<Authorisation, PaymentError>;

    /// Gives the money back, or releases what was reserved. Repeating it does nothing, and neither does voiding what
    /// was never authorised.
    async fn void(&self, reference: Uuid) -> Result<(), PaymentError>;
}
