//! Values that must not be seen.

use serde_json::Value;

/// What is shown in the place of one.
pub const MASK: &str = "•••";

/// Parts of names whose values are not shown.
const SECRET: [&str; 8] = [
    "PASSWORD",
    "PASSPHRASE",
    "SECRET",
    "TOKEN",
    "CREDENTIAL",
    "API_KEY",
    "PRIVATE_KEY",
    // Of an exporter: they are where its key stands.
    "HEADERS",
];

/// Whether what bears that name is not shown.
pub fn is_secret_name(name: &Value) -> bool {
    let name = name.as_str().unwrap_or_default();
    let name = name.to_uppercase().replace('-', "_");
    SECRET.iter().any(|part| name.contains(part))
}

/// Whether it is an option whose value comes next.
pub fn announces_secret(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    text.starts_with('-') && !text.contains('=') && is_secret_name(value)
}

/// Whether something in it must not be seen: an entry that appears or goes is shown as a whole.
fn holds_secret(value: &Value) -> bool {
    match value {
        Value::Object(entries) => {
            let is_named_so = entries.get("name").is_some_and(is_secret_name);
            (is_named_so && entries.contains_key("value")) || entries.values().any(holds_secret)
        }
        Value::Array(values) => {
            values.iter().any(announces_secret) || values.iter().any(holds_secret)
        }
        Value::String(text) => option(text).is_some(),
        _ => false,
    }
}

/// A value, as far as it may be seen.
pub fn text(value: &Value, hidden: bool) -> String {
    if hidden {
        return MASK.to_owned();
    }
    match value {
        Value::String(text) => {
            option(text).map_or_else(|| without_logins(text), |option| format!("{option}={MASK}"))
        }
        other if holds_secret(other) => MASK.to_owned(),
        other => without_logins(&other.to_string()),
    }
}

/// The option of `--option=VALUE` whose value is not shown.
fn option(text: &str) -> Option<&str> {
    let (option, _) = text.split_once('=')?;
    let is_secret = option.starts_with('-') && is_secret_name(&option.into());
    is_secret.then_some(option)
}

/// The text with what stands between `://` and `@` in its addresses masked.
fn without_logins(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        shown.push_str(before);
        shown.push_str("://");
        let ends = |c: char| c.is_whitespace() || "/?#\"'`,".contains(c);
        let host = &after[..after.find(ends).unwrap_or(after.len())];
        rest = after;
        if let Some(at) = host.rfind('@') {
            shown.push_str(MASK);
            rest = &after[at..];
        }
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn logins_in_addresses_are_masked_and_the_rest_is_shown() {
        let shown = |value: Value| text(&value, false);
        assert_eq!(
            shown(json!(
                "postgres://shop:p%40ss@db.example.com:5432/shop?sslmode=require"
            )),
            "postgres://•••@db.example.com:5432/shop?sslmode=require"
        );
        assert_eq!(shown(json!("http://ml-service")), "http://ml-service");
        assert_eq!(
            shown(json!("registry.example.com/a@sha256:0")),
            "registry.example.com/a@sha256:0"
        );
        assert_eq!(
            shown(json!(["a", "redis://:x@redis"])),
            r#"["a","redis://•••@redis"]"#
        );
    }

    #[test]
    fn options_are_masked_by_their_names() {
        let shown = |value: Value| text(&value, false);
        assert_eq!(shown(json!("--api-key=abc")), "--api-key=•••");
        assert_eq!(shown(json!(["--password", "abc"])), MASK);
        assert_eq!(shown(json!("--timeout=3")), "--timeout=3");
    }
}
