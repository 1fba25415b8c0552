//! Amounts of money.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The only currency of the shop.
pub const CURRENCY: &str = "EUR";

/// An amount in the currency's minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Money {
    /// Minor units: cents of a euro.
    #[schema(minimum = 0, example = 1999)]
    pub amount: i64,
    /// ISO 4217 code.
    #[schema(example = "EUR", pattern = "^[A-Z]{3}$")]
    pub currency: String,
}

impl Money {
    /// An amount of euro cents.
    pub fn euro_cents(amount: i64) -> Self {
        Self {
            amount,
            currency: CURRENCY.to_owned(),
        }
    }

    /// The price of `quantity` pieces. Prices and quantities are bounded far below what could overflow.
    #[must_use]
    pub fn times(&self, quantity: i32) -> Self {
        Self {
            amount: self.amount.saturating_mul(i64::from(quantity)),
            currency: self.currency.clone(),
        }
    }
}
