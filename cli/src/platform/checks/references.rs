//! The files that a page names.

use std::collections::BTreeSet;

use html5gum::{StartTag, Token, Tokenizer};

/// Links that name files that the page needs; others, such as `canonical`, name pages.
const LINKS: [&str; 7] = [
    "stylesheet",
    "icon",
    "apple-touch-icon",
    "manifest",
    "modulepreload",
    "preload",
    "shortcut",
];

/// The paths of all scripts, styles, icons and pictures of the page, each once. Fails with the first that is elsewhere.
pub fn references(page: &str) -> Result<BTreeSet<String>, String> {
    let mut paths = BTreeSet::new();
    for Ok(token) in Tokenizer::new(page) {
        let Token::StartTag(tag) = token else {
            continue;
        };
        let Some(reference) = reference(&tag) else {
            continue;
        };
        // Pictures and icons may be in the page itself.
        if reference.starts_with("data:") {
            continue;
        }
        if !reference.starts_with('/') || reference.starts_with("//") {
            return Err(reference);
        }
        paths.insert(reference);
    }
    Ok(paths)
}

fn reference(tag: &StartTag<()>) -> Option<String> {
    let attribute = |name: &str| {
        let value = tag.attributes.get(name.as_bytes())?;
        Some(String::from_utf8_lossy(&value.value).into_owned())
    };
    match tag.name.as_slice() {
        b"script" | b"img" => attribute("src"),
        b"link" => {
            let relation = attribute("rel")?;
            let needed = relation
                .split_ascii_whitespace()
                .any(|word| LINKS.contains(&word));
            needed.then(|| attribute("href")).flatten()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_styles_icons_and_pictures_are_found_once() {
        let page = r#"<!doctype html><html><head>
            <link rel="canonical" href="https://shop.example/">
            <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
            <script type="module" crossorigin src="/assets/index-1.js"></script>
            <link rel="modulepreload" href="/assets/index-1.js">
            <link rel=stylesheet href=/assets/index-1.css>
            <!-- <script src="/old.js"></script> -->
            </head><body><img src="data:image/png;base64,AA=="><img src="/logo.png"></body></html>"#;
        let paths = references(page).unwrap();
        let paths: Vec<_> = paths.iter().map(String::as_str).collect();
        assert_eq!(
            paths,
            [
                "/assets/index-1.css",
                "/assets/index-1.js",
                "/favicon.svg",
                "/logo.png"
            ]
        );
    }

    #[test]
    fn files_from_elsewhere_are_refused() {
        let page = r#"<script src="https://cdn.example/x.js"></script>"#;
        assert_eq!(references(page).unwrap_err(), "https://cdn.example/x.js");
        assert!(references(r#"<script src="//cdn.example/x.js"></script>"#).is_err());
    }
}
