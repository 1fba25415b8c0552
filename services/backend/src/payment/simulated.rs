//! The built-in provider: no money moves.

use async_trait::async_trait;
use uuid::Uuid;

use super::{Authorisation, Charge, PaymentError, PaymentProvider};

/// Pays `tok_ok`, never answers to `tok_timeout`, and declines every other token.
#[derive(Debug, Clone, Copy, Default)]
pub struct Simulated;

#[async_trait]
impl PaymentProvider for Simulated {
    async fn authorise(&self, charge: &Charge) -> Result<Authorisation, PaymentError> {
        match charge.token.as_str() {
            "tok_ok" => Ok(Authorisation {
                reference: charge.reference,
            }),
            "tok_timeout" => std::future::pending().await,
            _ => Err(PaymentError::Declined),
        }
    }

    async fn void(&self, reference: Uuid) -> Result<(), PaymentError> {
        tracing::debug!(%reference, "payment voided");
        Ok(())
    }
}
