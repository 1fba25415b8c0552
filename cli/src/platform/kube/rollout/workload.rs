//! What is waited for.

use std::fmt;

use crate::plan::manifest::Manifest;

/// The kinds of objects that become ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkloadKind {
    /// Replicas that may go and come.
    Deployment,
    /// Replicas with names and volumes of their own.
    StatefulSet,
    /// Something that is done once.
    Job,
}

/// One workload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    /// Its kind.
    pub kind: WorkloadKind,
    /// The object's name.
    pub name: String,
    /// What it belongs to, such as `backend`: its name for people.
    pub component: &'static str,
}

impl Workload {
    /// The workload that a manifest describes, if it describes one.
    pub fn of(manifest: &Manifest) -> Option<Self> {
        let kind = match manifest.kind.as_str() {
            "Deployment" => WorkloadKind::Deployment,
            "StatefulSet" => WorkloadKind::StatefulSet,
            "Job" => WorkloadKind::Job,
            _ => return None,
        };
        Some(Self {
            kind,
            name: manifest.name.clone(),
            component: manifest.component,
        })
    }
}

/// As `kubectl` names it: `deployment/backend`.
impl fmt::Display for Workload {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            WorkloadKind::Deployment => "deployment",
            WorkloadKind::StatefulSet => "statefulset",
            WorkloadKind::Job => "job",
        };
        write!(formatter, "{kind}/{}", self.name)
    }
}
