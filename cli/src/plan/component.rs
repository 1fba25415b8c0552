//! The parts of a shop that run as processes of their own.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One running part of the shop. The order is the order of starting; stopping goes the other way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Component {
    /// The database server.
    Postgres,
    /// The server for carts and caches.
    Redis,
    /// The recommendations.
    MlService,
    /// The API.
    Backend,
    /// The storefront.
    Frontend,
}

impl Component {
    /// All components, in the order of starting.
    pub const ALL: [Self; 5] = [
        Self::Postgres,
        Self::Redis,
        Self::MlService,
        Self::Backend,
        Self::Frontend,
    ];

    /// The servers that hold the data.
    pub const STORES: [Self; 2] = [Self::Postgres, Self::Redis];

    /// The project's own services, in the order of starting.
    pub const SERVICES: [Self; 3] = [Self::MlService, Self::Backend, Self::Frontend];

    /// The name in commands, file names, logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Redis => "redis",
            Self::MlService => "ml-service",
            Self::Backend => "backend",
            Self::Frontend => "frontend",
        }
    }

    /// The component of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|component| component.name() == name)
    }
}

impl fmt::Display for Component {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}
