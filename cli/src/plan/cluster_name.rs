//! The name of a cluster.

use std::fmt;

/// A name that can stand in a path, in a kubeconfig and in a DNS name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClusterName(String);

impl ClusterName {
    /// What a cluster is called that nobody has named.
    pub const DEFAULT: &'static str = "shopmicro";

    /// The longest name; it becomes a part of other names.
    const LONGEST: usize = 40;

    /// The name, if it is one.
    pub fn parse(text: &str) -> Result<Self, String> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let good = !text.is_empty()
            && text.len() <= Self::LONGEST
            && text.chars().all(fits)
            && !text.starts_with('-')
            && !text.ends_with('-');
        if good {
            return Ok(Self(text.to_owned()));
        }
        Err(format!(
            "`cluster_name` cannot be `{text}`; it has lower-case letters, digits and dashes, and {} at most",
            Self::LONGEST
        ))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClusterName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_fit_everywhere() {
        for name in [ClusterName::DEFAULT, "a", "shop-2"] {
            assert_eq!(ClusterName::parse(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn what_could_leave_its_place_is_refused() {
        for name in ["", ".", "..", "a/b", "Shop", "-a", "a-", "{{ name }}"] {
            assert!(ClusterName::parse(name).is_err(), "{name}");
        }
        assert!(ClusterName::parse(&"a".repeat(41)).is_err());
    }
}
