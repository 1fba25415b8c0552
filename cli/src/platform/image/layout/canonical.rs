//! JSON that has only one form.

use olpc_cjson::CanonicalFormatter;
use serde::Serialize;
use serde_json::Serializer;

/// The document with sorted keys and without white space, so that its hash depends on its content only.
pub fn canonical(document: &impl Serialize) -> Vec<u8> {
    let mut text = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut text, CanonicalFormatter::new());
    // Texts, numbers and lists of them can always be written, and so can a vector be written to.
    let _ = document.serialize(&mut serializer);
    text
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn the_order_of_a_map_does_not_matter() {
        let map: HashMap<_, _> = (0..50)
            .map(|number| (format!("{number:02}"), number))
            .collect();
        let text = String::from_utf8(canonical(&map)).unwrap();
        assert!(text.starts_with("{\"00\":0,\"01\":1,"), "{text}");
    }
}
