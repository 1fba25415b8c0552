//! One YAML scalar of any text.

use std::fmt::Write as _;

/// The text in double quotes, with everything escaped that is not a printable character of ASCII: whatever it holds, it
/// is one scalar on one line.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        // Writing into a string cannot fail.
        let _ = match character {
            '"' => write!(quoted, "\\\""),
            '\\' => write!(quoted, "\\\\"),
            ' '..='~' => write!(quoted, "{character}"),
            _ if u32::from(character) <= 0xff => write!(quoted, "\\x{:02x}", u32::from(character)),
            _ if u32::from(character) <= 0xffff => {
                write!(quoted, "\\u{:04x}", u32::from(character))
            }
            _ => write!(quoted, "\\U{:08x}", u32::from(character)),
        };
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_it_holds_it_comes_back_as_it_was() {
        for hostile in [
            "",
            "plain",
            "yes",
            "1e3",
            "\"\\",
            "a: b # c",
            "x\n- y: z",
            "\u{0}\u{7f}\u{85}\u{a0}\u{2028}\u{feff}",
            "größer 🛒",
            "{{ 1 }} {% raw %}",
            "---\n...",
            "&a *a !!str",
        ] {
            let quoted = quote(hostile);
            assert!(
                quoted.bytes().all(|byte| (b' '..=b'~').contains(&byte)),
                "{quoted}"
            );
            let back: String = serde_yaml::from_str(&quoted).unwrap();
            assert_eq!(back, hostile);
        }
    }
}
