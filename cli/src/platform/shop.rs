//! The ways into a running shop.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use async_trait::async_trait;

use super::Error;
use crate::config::Secret;
use crate::plan::Component;

/// What the checks need of a running shop, wherever it runs.
pub struct Shop {
    /// The front door, such as `http://127.0.0.1:8080`, without a slash at its end.
    pub front_door: String,
    /// Where the front door's host is, when it is not to be looked up.
    pub resolve: Option<(String, SocketAddr)>,
    /// Why the checks do not come in by the way of the public; nothing when they do.
    pub detour: Option<Detour>,
    /// How much the services log, such as `info`.
    pub log: &'static str,
    /// The release that should be serving, as the backend calls it.
    pub release: String,
    /// Marks an order as synthetic.
    pub synthetic_token: Secret,
    /// The ways in that the public does not have.
    pub inside: Box<dyn Inside>,
}

/// A way to the shop that is not the public's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detour {
    /// Why it is taken.
    pub why: String,
    /// What shows why the public's way cannot be.
    pub next: String,
}

/// The ways in that the public does not have.
#[async_trait]
pub trait Inside: Send + Sync {
    /// Every component's process and whether it answers.
    async fn processes(&self) -> Result<Vec<Process>, Error>;

    /// The text of `/metrics` of every process of a service, by the name of the process. Those that are about to end
    /// are among them, since they may still answer.
    async fn metrics(&self, service: Component) -> Result<BTreeMap<String, String>, Error>;

    /// A connection to the shop's database, as the owner of the schema.
    async fn database(&self) -> Result<tokio_postgres::Client, Error>;

    /// A connection to the shop's Redis.
    async fn redis(&self) -> Result<redis::aio::MultiplexedConnection, Error>;

    /// The log lines of the last minute of a service that contain `needle`.
    async fn log_lines(&self, service: Component, needle: &str) -> Result<Vec<String>, Error>;
}

/// One process of the shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Whose it is.
    pub component: Component,
    /// Why it is not healthy; none when it is.
    pub trouble: Option<String>,
}
