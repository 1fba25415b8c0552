//! Who buys, and where it goes.

use kit::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::text::visible;

pub(crate) mod country;
pub(crate) mod email;

/// A buyer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// Full name.
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = "<visible>",
        example = "Ada Example"
    )]
    pub name: String,
    /// E-mail address.
    #[schema(
        min_length = 3,
        max_length = 254,
        pattern = "<email>",
        example = "ada@example.com"
    )]
    pub email: String,
    /// Where the order is sent.
    pub address: Address,
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Street and number.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = "<visible>",
        example = "Quiet Lane 12"
    )]
    pub line1: String,
    /// More about the place, if needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = "<visible>",
        nullable = false,
        example = "3rd floor"
    )]
    pub line2: Option<String>,
    /// Postal code.
    #[schema(
        min_length = 1,
        max_length = 16,
        pattern = "<visible>",
        example = "1010"
    )]
    pub postal_code: String,
    /// City.
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = "<visible>",
        example = "Vienna"
    )]
    pub city: String,
    /// ISO 3166-1 alpha-2 code.
    #[schema(pattern = "<country>", example = "AT")]
    pub country: String,
}

impl Customer {
    /// Checks every field; the problem names the first that is not acceptable.
    pub fn check(&self) -> Result<(), Problem> {
        visible("customer.name", &self.name, 1..=100)?;
        if !email::is_plausible(&self.email) {
            return Err(Problem::unprocessable(
                "customer.email is not an e-mail address",
            ));
        }
        self.address.check()
    }
}

impl Address {
    fn check(&self) -> Result<(), Problem> {
        visible("customer.address.line1", &self.line1, 1..=200)?;
        if let Some(line2) = &self.line2 {
            visible("customer.address.line2", line2, 1..=200)?;
        }
        visible("customer.address.postal_code", &self.postal_code, 1..=16)?;
        visible("customer.address.city", &self.city, 1..=100)?;
        if !country::is_known(&self.country) {
            return Err(Problem::unprocessable(
                "customer.address.country is not an ISO 3166-1 alpha-2 code",
            ));
        }
        Ok(())
    }
}
