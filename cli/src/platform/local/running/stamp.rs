//! The moment in front of every log line.

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// RFC 3339 with a fixed width, so that the lines of several files sort as text.
const FORMAT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

/// The moment as text; it must be in UTC.
pub fn text(at: OffsetDateTime) -> String {
    at.format(FORMAT).unwrap_or_default()
}

/// A log line's moment and what the component wrote; none when the line was cut off.
pub fn split(line: &str) -> Option<(OffsetDateTime, &str)> {
    let (stamp, text) = line.split_once(' ')?;
    Some((OffsetDateTime::parse(stamp, &Rfc3339).ok()?, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let at = OffsetDateTime::from_unix_timestamp_nanos(1_795_000_000_000_042_000).unwrap();
        let stamp = text(at);
        assert_eq!(stamp, "2026-11-18T11:06:40.000042Z");
        assert_eq!(split(&format!("{stamp} a line")), Some((at, "a line")));
    }

    #[test]
    fn rubbish_is_no_line() {
        assert_eq!(split("rubbish"), None);
        assert_eq!(split("not-a-moment text"), None);
    }
}
