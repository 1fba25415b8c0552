//! What a buyer sends.

use kit::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::customer::Customer;
use crate::token::{self, HASH_LENGTH};

/// An order to be placed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderRequest {
    /// The cart to buy.
    pub cart_id: Uuid,
    /// Who buys.
    pub customer: Customer,
    /// What the payment provider gave for the card. The simulated provider knows `tok_ok`, `tok_declined` and
    /// `tok_timeout`.
    #[schema(pattern = "^[A-Za-z0-9_-]{1,64}$", example = "tok_ok")]
    pub payment_token: String,
}

impl OrderRequest {
    /// Checks what the type cannot say.
    pub fn check(&self) -> Result<(), Problem> {
        self.customer.check()?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if (1..=64).contains(&self.payment_token.len()) && self.payment_token.bytes().all(is_plain)
        {
            Ok(())
        } else {
            Err(Problem::unprocessable(
                "payment_token must be 1 to 64 letters, digits, '_' or '-'",
            ))
        }
    }

    /// The same for every request that means the same, however its JSON is laid out.
    pub fn hash(&self) -> Result<[u8; HASH_LENGTH], serde_json::Error> {
        Ok(token::hash(&serde_json::to_vec(self)?))
    }
}
