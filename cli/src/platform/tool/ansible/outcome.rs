//! How a run of a playbook ended.

use serde::Deserialize;

/// Something about a host that must be mended, or that is as it should be when no cure is needed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct HostFinding {
    /// The host.
    pub host: String,
    /// What was found.
    pub finding: String,
    /// What mends it; empty when nothing needs to be mended.
    #[serde(default)]
    pub cure: String,
}

/// A run that came to its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many results changed something.
    pub changed: u32,
    /// The hosts that took part.
    pub hosts: Vec<String>,
    /// What was found, for better or worse.
    pub findings: Vec<HostFinding>,
}

/// Why a run did not succeed.
#[derive(Debug)]
pub enum Stop {
    /// Somebody pressed Ctrl-C; Ansible has ended.
    Interrupted,
    /// It failed.
    Failed(super::Error),
}

impl<E: Into<super::Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}
