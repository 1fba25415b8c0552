//! Durations as people write them: `50ms`, `30s`, `15m`, `12h`, `7d`.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de::Error as _};

/// Parses a whole number with one unit out of `ms`, `s`, `m`, `h`, `d`.
pub fn parse(text: &str) -> Result<Duration, String> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let milliseconds_per_unit = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => {
            return Err(format!(
                "`{text}` is no duration; write a number and ms, s, m, h or d, such as `30s`"
            ));
        }
    };
    number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(milliseconds_per_unit))
        .map(Duration::from_millis)
        .ok_or_else(|| format!("`{text}` is no duration; write a number and a unit, such as `30s`"))
}

/// How a duration is described in the JSON Schema.
#[derive(JsonSchema)]
#[schemars(inline, extend("pattern" = "^[0-9]+(ms|s|m|h|d)$", "examples" = ["30s"]))]
pub struct Text(#[expect(dead_code, reason = "only its schema is used")] String);

/// For `serde(deserialize_with)`.
pub fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).map(Some).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        assert_eq!(parse("50ms"), Ok(Duration::from_millis(50)));
        assert_eq!(parse("2m"), Ok(Duration::from_mins(2)));
        assert_eq!(parse("7d"), Ok(Duration::from_hours(168)));
    }

    #[test]
    fn rubbish_is_refused() {
        for text in [
            "",
            "s",
            "5",
            "5 s",
            "-5s",
            "1.5s",
            "5w",
            "99999999999999999999s",
            "18446744073709551615d",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
