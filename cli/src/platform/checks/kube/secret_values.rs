//! The values of the shop's Secrets, and how they may look elsewhere.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use k8s_openapi::api::core::v1::Secret;
use percent_encoding::percent_decode_str;

use super::scene::Scene;
use crate::plan::manifest::credentials;
use crate::platform::checks::trouble::Trouble;

/// Shorter values would be found by chance.
const SHORTEST: usize = 12;

/// Keys of Secrets that somebody else makes: a certificate's, and one for a registry. `verify` has no right to read them.
const THEIRS: [&str; 2] = ["tls.key", ".dockerconfigjson"];

/// Values that must not be seen.
#[derive(Debug, Default)]
pub struct SecretValues {
    values: BTreeSet<String>,
    forms: BTreeSet<String>,
}

impl SecretValues {
    /// Those of the Secrets that the shop is made with; at least one.
    pub async fn of(scene: &Scene<'_>) -> Result<Self, Trouble> {
        let secrets = scene.objects::<Secret>();
        let mut values = Self::default();
        let all = credentials(scene.settings).into_iter();
        let own = all.filter(|one| !one.keys.iter().any(|key| THEIRS.contains(key)));
        for name in own.map(|one| one.name) {
            let secret = secrets.get_opt(&name).await.map_err(|error| {
                let action = format!("read Secret `{name}`");
                Trouble::from_platform(&scene.cluster.failed(action, &error))
            })?;
            let secret = secret.ok_or_else(|| {
                Trouble::new(format!("there is no Secret `{name}`"), "shopctl deploy")
            })?;
            for value in secret.data.unwrap_or_default().into_values() {
                values.learn(&String::from_utf8(value.0).unwrap_or_default());
            }
        }
        if values.values.is_empty() {
            let cause =
                format!("no Secret of the shop has a value of {SHORTEST} characters to look for");
            return Err(Trouble::new(cause, "shopctl deploy"));
        }
        Ok(values)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.values.len()
    }

    /// Whether the text shows one of them.
    pub fn are_in(&self, text: &str) -> bool {
        self.forms.iter().any(|form| text.contains(form.as_str()))
    }

    /// Adds what a Secret holds.
    fn learn(&mut self, text: &str) {
        for value in secrets_of(text) {
            self.forms.extend(forms(value));
            // In an address a password may stand in another form than where a program tells it.
            if let Ok(plain) = percent_decode_str(value).decode_utf8() {
                self.forms.extend(forms(&plain));
            }
            self.values.insert(value.to_owned());
        }
    }
}

/// The parts of a text that must not be seen; an address with a password in it is found by the password.
fn secrets_of(text: &str) -> impl Iterator<Item = &str> {
    let secrets = text
        .lines()
        .filter_map(|line| match line.trim().split_once("://") {
            Some((_, rest)) => Some(rest.rsplit_once('@')?.0.split_once(':')?.1),
            None => line.split_whitespace().last(),
        });
    secrets.filter(|secret| secret.len() >= SHORTEST)
}

/// The value itself, as it stands in JSON, and in base64, wherever in a longer text it may begin.
fn forms(value: &str) -> Vec<String> {
    let mut forms = vec![value.to_owned()];
    let json = serde_json::Value::from(value).to_string();
    forms.push(json.trim_matches('"').to_owned());
    for before in 0..3 {
        let text = format!("{}{value}", " ".repeat(before));
        // What comes before the value decides the first characters, and what comes after it the last one.
        let first = [0, 2, 3][before];
        let last = usize::from(!text.len().is_multiple_of(3));
        for encoded in [STANDARD_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
            forms.push(encoded[first..encoded.len() - last].to_owned());
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const PASSWORD: &str = "abcdefghijklmnop";

    #[test]
    fn an_address_is_known_by_its_password() {
        let password = |text: &str| secrets_of(text).map(str::to_owned).collect::<Vec<_>>();
        for text in [
            format!("postgres://a:{PASSWORD}@b:5432/c"),
            format!("redis://:{PASSWORD}@redis:6379/0\n"),
            format!("requirepass {PASSWORD}\n"),
            PASSWORD.to_owned(),
        ] {
            assert_eq!(password(&text), [PASSWORD], "{text}");
        }
        assert!(password("short").is_empty());
    }

    #[test]
    fn a_value_is_found_in_every_form() {
        let mut values = SecretValues::default();
        values.learn(PASSWORD);
        assert_eq!(values.count(), 1);
        for before in ["", "a", "ab", "abc"] {
            for after in ["", "x", "xy", "xyz"] {
                let text = format!("{before}{PASSWORD}{after}");
                assert!(values.are_in(&text), "{text}");
                let encoded = STANDARD.encode(&text);
                assert!(values.are_in(&encoded), "{text} as {encoded}");
            }
        }
        assert!(!values.are_in("abcdefghijklmno"));
    }

    #[test]
    fn a_password_of_an_address_is_found_as_it_is_typed_and_as_the_address_writes_it() {
        let mut values = SecretValues::default();
        values.learn("postgres://shop:p%40ss%2Fword%20of%20mine@db:5432/shop");
        assert_eq!(values.count(), 1);
        assert!(values.are_in("PGPASSWORD=p@ss/word of mine"));
        assert!(values.are_in("connecting with p%40ss%2Fword%20of%20mine"));
    }

    #[test]
    fn a_value_with_quotes_is_found_in_an_object() {
        let mut values = SecretValues::default();
        values.learn("it\"is\\quoted");
        let object = serde_json::json!({ "env": "it\"is\\quoted" }).to_string();
        assert!(values.are_in(&object));
    }
}
