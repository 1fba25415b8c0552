//! The order of applying: each phase is finished before the next one begins.

use crate::plan::Component;

/// A group of manifests that are applied together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// The namespace, and who may do what and talk to whom.
    NamespaceAndPolicies,
    /// PostgreSQL and Redis.
    DataStores,
    /// The schema.
    Migration,
    /// The services, the catalogue and the model.
    Services,
    /// The entry.
    Exposure,
}

impl Phase {
    /// All of them in order.
    pub const ALL: [Self; 5] = [
        Self::NamespaceAndPolicies,
        Self::DataStores,
        Self::Migration,
        Self::Services,
        Self::Exposure,
    ];

    /// The one that makes a component run.
    pub fn of(component: Component) -> Self {
        if Component::STORES.contains(&component) {
            Self::DataStores
        } else {
            Self::Services
        }
    }

    /// The name in documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NamespaceAndPolicies => "namespace-and-policies",
            Self::DataStores => "data-stores",
            Self::Migration => "migration",
            Self::Services => "services",
            Self::Exposure => "exposure",
        }
    }

    /// In words, for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::NamespaceAndPolicies => "namespace and policies",
            Self::DataStores => "data stores",
            Self::Migration => "migration",
            Self::Services => "services",
            Self::Exposure => "entry",
        }
    }

    /// The directory of its manifests; in the order of applying when sorted by name.
    pub fn directory(self) -> String {
        format!("{}-{}", self as u8 + 1, self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directories_sort_in_the_order_of_applying() {
        let directories = Phase::ALL.map(Phase::directory);
        assert!(directories.is_sorted());
        assert_eq!(directories[0], "1-namespace-and-policies");
    }
}
