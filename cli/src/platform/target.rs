//! The contract of a target.

use async_trait::async_trait;

use super::kube::Kube;
use super::{Error, Events, Finding, Journal, LogQuery, LogStream, Shop, Status};
use crate::plan::{Observed, Step};

/// One place where a shop can run. A new target is a folder with this trait and an arm in `select`.
#[async_trait]
pub trait Platform: Send + Sync {
    /// What is there now; the planners' only input besides the request.
    async fn observe(&self) -> Result<Observed, Error>;

    /// Takes the lock that admits one operation at a time and opens the journal. `operation` is the verb.
    /// The lock ends with the returned value, or with the process that holds it.
    /// What is waited for meanwhile is told.
    async fn begin(&self, operation: &str, events: &Events) -> Result<Box<dyn Journal>, Error>;

    /// Whether its lock is still there when the process ends without giving it up. Nobody is asked anything under such a
    /// lock, and who waits for it may be interrupted.
    fn lock_outlives_process(&self) -> bool {
        false
    }

    /// Carries out one step. Every step may be carried out again after a crash in the middle of it.
    async fn carry_out(&self, step: &Step, events: &Events) -> Result<(), Error>;

    /// Leaves nothing running that an interrupted operation has started and nobody else would end.
    async fn abandon(&self, events: &Events) -> Result<(), Error>;

    /// The ways into the running shop, for the checks.
    async fn shop(&self) -> Result<Shop, Error>;

    /// What runs, which release, since when.
    async fn status(&self) -> Result<Status, Error>;

    /// Log lines, oldest first; without end when the query follows.
    async fn logs(&self, query: &LogQuery) -> Result<LogStream, Error>;

    /// The state of everything that the target needs before a shop can run on it.
    async fn diagnose(&self) -> Result<Vec<Finding>, Error>;

    /// The same target as a Kubernetes, with all that it has learned of its cluster; none where it is none.
    fn as_kube(&self) -> Option<&Kube> {
        None
    }
}
