//! Blocks of addresses.

use std::net::IpAddr;

use super::shape::shape;

shape!(
    /// A block of addresses as it is written.
    CidrText,
    43,
    r"^[0-9a-f.:]+/[0-9]{1,3}$",
    "10.0.0.0/16"
);

/// A block of addresses.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "CidrText")]
pub struct Cidr(CidrText);

impl Cidr {
    /// The block as it is written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl TryFrom<CidrText> for Cidr {
    type Error = String;

    fn try_from(text: CidrText) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{}` is no block of addresses; write something like `10.0.0.0/16`",
                text.as_str()
            )
        };
        let (address, length) = text.as_str().split_once('/').ok_or_else(wrong)?;
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let length: u8 = length.parse().map_err(|_| wrong())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        if length > longest {
            return Err(wrong());
        }
        Ok(Self(text))
    }
}

impl schemars::JsonSchema for Cidr {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Cidr".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        CidrText::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cidr(text: &str) -> Result<Cidr, String> {
        CidrText::try_from(text.to_owned()).and_then(Cidr::try_from)
    }

    #[test]
    fn blocks_of_both_kinds() {
        assert!(cidr("10.0.0.0/8").is_ok());
        assert!(cidr("2001:db8::/32").is_ok());
        for wrong in ["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "::/129", "x/8"] {
            assert!(cidr(wrong).is_err(), "{wrong}");
        }
    }
}
