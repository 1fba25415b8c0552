//! Texts that must have a certain shape. The same pattern checks them and stands in the JSON Schema.

use regex_lite::Regex;

/// Whether the pattern fits; one that cannot be compiled fits nothing.
pub fn fits(pattern: &str, text: &str) -> bool {
    Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text))
}

/// Declares a text of a certain shape, which is checked when it is read.
macro_rules! shape {
    ($(#[$doc:meta])* $name:ident, $longest:literal, $pattern:literal, $example:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                if text.len() <= $longest && $crate::config::kubernetes::shape::fits($pattern, &text) {
                    Ok(Self(text))
                } else {
                    Err(format!(concat!("`{}` cannot be used; write something like `", $example, "`"), text))
                }
            }
        }

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string", "pattern": $pattern, "maxLength": $longest, "examples": [$example]
                })
            }
        }
    };
}

pub(super) use shape;

shape!(
    /// A name without dots, such as that of a namespace.
    Label,
    63,
    r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
    "shopmicro"
);

shape!(
    /// The name of an object of Kubernetes.
    ObjectName,
    253,
    r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    "shop-tls"
);

shape!(
    /// The name of a host.
    Host,
    253,
    r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$",
    "shop.example.com"
);

shape!(
    /// Five fields as in a crontab.
    Schedule,
    100,
    r"^[-0-9*/,]+( [-0-9*/,]+){4}$",
    "17 3 * * *"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_the_shape_is_taken_and_nothing_else() {
        assert!(Label::try_from("shop-1".to_owned()).is_ok());
        assert!(Host::try_from("shop.example.com".to_owned()).is_ok());
        assert!(Schedule::try_from("*/5 * * * *".to_owned()).is_ok());
        for hostile in [
            "", "-a", "a-", "A", "a.b", "a b", "a\nb", "a: b", "\"", "{}", "#", "ä",
        ] {
            assert!(Label::try_from(hostile.to_owned()).is_err(), "{hostile:?}");
        }
        let long = "a".repeat(64);
        assert!(Label::try_from(long.clone()).is_err());
        assert!(Host::try_from(format!("{long}.com")).is_err());
        assert!(Host::try_from("a..b".to_owned()).is_err());
        assert!(Schedule::try_from("* * * *".to_owned()).is_err());
        assert!(Schedule::try_from("* * * * *\n".to_owned()).is_err());
    }
}
