//! A rollout that has failed.

use std::fmt;

use super::trouble::Trouble;
use super::workload::Workload;
use crate::failure::NamedCause;
use crate::platform::kube::Cluster;
use crate::platform::kube::diagnosis::Cause;

/// Why a rollout has failed: one cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// The workload, such as `deployment/backend`.
    pub workload: String,
    /// What it belongs to, such as `backend`.
    pub component: &'static str,
    /// What is wrong.
    pub cause: Cause,
    /// The last log lines of the container, where they say more.
    pub log: String,
    /// The command to type next.
    pub next: String,
    /// Whether the shop serves all the same, by pods of an older release.
    pub serving: bool,
}

impl Failed {
    /// What the trouble of a workload means to whoever reads it.
    pub fn new(
        cluster: &Cluster,
        namespace: &str,
        workload: &Workload,
        trouble: Trouble,
        serving: bool,
    ) -> Self {
        Self {
            workload: workload.to_string(),
            component: workload.component,
            next: trouble.cause.next(cluster, namespace),
            cause: trouble.cause,
            log: trouble.log,
            serving,
        }
    }

    /// The parts, for programs.
    pub fn named_cause(&self) -> NamedCause {
        NamedCause {
            object: self.cause.object.clone(),
            container: self.cause.container.clone(),
            reason: self.cause.reason.name(),
            message: self.cause.message.clone(),
            log: self.log.lines().map(str::to_owned).collect(),
            next: self.next.clone(),
        }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} does not become ready: ", self.workload)?;
        write!(formatter, "{}", self.cause)?;
        if self.serving {
            write!(formatter, "; the shop serves on with the pods of before")
        } else {
            write!(formatter, "; nothing healthy is serving")
        }
    }
}
