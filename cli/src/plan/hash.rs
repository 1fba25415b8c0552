//! SHA-256 as it is written everywhere here.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The SHA-256 of a text in hexadecimal digits.
pub fn of_text(text: &[u8]) -> String {
    hexadecimal(&Sha256::digest(text))
}

/// The bytes in hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_text_has_its_known_hash() {
        assert!(of_text(b"").starts_with("e3b0c44298fc1c149afbf4c8996fb924"));
    }
}
