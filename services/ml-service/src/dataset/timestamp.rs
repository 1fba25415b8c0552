//! Times as they occur in exported order histories.

use time::format_description::well_known::{Iso8601, Rfc3339};
use time::{Date, OffsetDateTime, PrimitiveDateTime};

/// Reads a time: an integer (any unit, as only the order counts), an RFC 3339 or ISO 8601 time, or a date.
///
/// The result grows with time; integers are taken as they are and calendar times become seconds since 1970 (UTC unless
/// an offset is given). `None` when the text is none of these.
pub fn parse_timestamp(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>() {
        return Some(number);
    }
    if let Ok(moment) = OffsetDateTime::parse(text, &Rfc3339) {
        return Some(moment.unix_timestamp());
    }
    let iso = text.replacen(' ', "T", 1);
    if let Ok(moment) = OffsetDateTime::parse(&iso, &Iso8601::DEFAULT) {
        return Some(moment.unix_timestamp());
    }
    if let Ok(moment) = PrimitiveDateTime::parse(&iso, &Iso8601::DEFAULT) {
        return Some(moment.assume_utc().unix_timestamp());
    }
    let date = Date::parse(text, &Iso8601::DEFAULT).ok()?;
    Some(date.midnight().assume_utc().unix_timestamp())
}

#[cfg(test)]
mod tests {
    use super::parse_timestamp;

    #[test]
    fn integers_dates_and_times_are_read() {
        for (text, seconds) in [
            ("42", 42),
            ("-7", -7),
            ("1970-01-02", 86_400),
            ("1970-01-01T00:01:00Z", 60),
            ("1970-01-01T01:00:00+01:00", 0),
            ("1970-01-01 00:00:05", 5),
            ("1970-01-01T00:00:05", 5),
            ("1970-01-01T00:00:05.250Z", 5),
        ] {
            assert_eq!(parse_timestamp(text), Some(seconds), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "yesterday",
            "2024-13-01",
            "1e9",
            "12:00",
            "99999999999999999999",
        ] {
            assert_eq!(parse_timestamp(text), None, "{text}");
        }
    }
}
