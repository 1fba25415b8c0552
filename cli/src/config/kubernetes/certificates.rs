//! Certificates that a server's certificate is judged by.

use database::Authority;
use schemars::JsonSchema;
use serde::Deserialize;

/// Certificates in PEM form, one after the other. They are no secret.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline)]
pub struct Certificates(String);

impl Certificates {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Certificates {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.parse::<Authority>() {
            Ok(_) => Ok(Self(text)),
            Err(error) => Err(format!("what is written here {error}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_is_no_certificate() {
        let refused = Certificates::try_from("/etc/ssl/ca.pem".to_owned()).unwrap_err();
        assert_eq!(
            refused,
            "what is written here is no certificate in PEM form (it begins with -----BEGIN CERTIFICATE-----)"
        );
    }
}
