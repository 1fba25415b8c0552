//! Amounts as Kubernetes writes them: `250m`, `1`, `64Mi`.

use super::shape::shape;

shape!(
    /// An amount as it is written.
    QuantityText,
    20,
    r"^[0-9]{1,12}(\.[0-9]{1,3})?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$",
    "250m"
);

/// An amount of processor time, memory or disk; more than nothing.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "QuantityText")]
pub struct Quantity {
    text: QuantityText,
    thousandths: u128,
}

impl Quantity {
    /// The amount as it is written.
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// The amount in thousandths of a processor or byte.
    pub const fn thousandths(&self) -> u128 {
        self.thousandths
    }

    /// The amount in whole processors or bytes.
    pub const fn whole(&self) -> u128 {
        self.thousandths / 1000
    }
}

impl TryFrom<&str> for Quantity {
    type Error = String;

    fn try_from(text: &str) -> Result<Self, String> {
        QuantityText::try_from(text.to_owned()).and_then(Self::try_from)
    }
}

impl TryFrom<QuantityText> for Quantity {
    type Error = String;

    fn try_from(text: QuantityText) -> Result<Self, String> {
        let written = text.as_str();
        let unit_start = written
            .find(|c: char| c.is_ascii_alphabetic())
            .unwrap_or(written.len());
        let (number, unit) = written.split_at(unit_start);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let wrong = || format!("`{written}` is no amount; write something like `250m` or `64Mi`");
        let whole: u128 = whole.parse().map_err(|_| wrong())?;
        let fraction: u128 = format!("{fraction:0<3}").parse().map_err(|_| wrong())?;
        let thousandths = match unit {
            "m" => whole,
            unit => (whole * 1000 + fraction) * factor(unit),
        };
        if thousandths == 0 {
            return Err(wrong());
        }
        Ok(Self { text, thousandths })
    }
}

fn factor(unit: &str) -> u128 {
    match unit {
        "k" => 1_000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        "T" => 1_000_000_000_000,
        "Ki" => 1 << 10,
        "Mi" => 1 << 20,
        "Gi" => 1 << 30,
        "Ti" => 1 << 40,
        _ => 1,
    }
}

impl schemars::JsonSchema for Quantity {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Quantity".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut schema = QuantityText::json_schema(generator);
        // A whole number needs no quotes in YAML.
        schema.insert("type".to_owned(), serde_json::json!(["string", "number"]));
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        let thousandths = |text: &str| Quantity::try_from(text).unwrap().thousandths();
        assert_eq!(thousandths("250m"), 250);
        assert_eq!(thousandths("1"), 1_000);
        assert_eq!(thousandths("0.5"), 500);
        assert_eq!(thousandths("1.25Gi"), 1250 << 30);
        assert_eq!(Quantity::try_from("64Mi").unwrap().whole(), 64 << 20);
    }

    #[test]
    fn nothing_and_rubbish_are_refused() {
        for text in ["", "0", "0m", "-1", "1e3", "1 Gi", "1gi", "Gi", "1Gi\n"] {
            assert!(Quantity::try_from(text).is_err(), "{text:?}");
        }
    }
}
