//! Bounds for texts that come from clients.

use std::ops::RangeInclusive;

use kit::Problem;

/// Texts without control characters (PostgreSQL rejects NUL, and the others have no business in names and addresses)
/// and with something to see in them; for OpenAPI.
pub const VISIBLE_PATTERN: &str = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$";

/// Texts without control characters; for OpenAPI.
pub const PRINTABLE_PATTERN: &str = r"^[^\u0000-\u001f\u007f-\u009f]*$";

/// Checks that `value` has no control characters and that its length in characters lies within `length`.
/// The problem names the field and never repeats the value.
pub fn printable(field: &str, value: &str, length: RangeInclusive<usize>) -> Result<(), Problem> {
    if value.chars().any(char::is_control) {
        return Err(Problem::unprocessable(format!(
            "{field} contains control characters"
        )));
    }
    if !length.contains(&value.chars().count()) {
        return Err(Problem::unprocessable(format!(
            "{field} must have {} to {} characters",
            length.start(),
            length.end()
        )));
    }
    Ok(())
}

/// As [`printable`], and at least one character must not be white space.
pub fn visible(field: &str, value: &str, length: RangeInclusive<usize>) -> Result<(), Problem> {
    printable(field, value, length)?;
    if value.chars().all(char::is_whitespace) {
        return Err(Problem::unprocessable(format!("{field} is blank")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_no_name_contains() {
        for value in [
            "",
            " ",
            "a\0b",
            "a\u{1b}[31m",
            "\u{85}",
            "\t",
            &"x".repeat(11),
        ] {
            assert!(visible("name", value, 1..=10).is_err(), "{value:?}");
        }
    }

    #[test]
    fn counts_characters_and_not_bytes() {
        assert!(visible("name", "žluťoučký", 1..=9).is_ok());
        assert!(printable("search", "", 0..=10).is_ok());
    }
}
