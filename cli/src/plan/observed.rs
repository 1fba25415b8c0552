//! What a platform saw before anything is planned.

use std::collections::BTreeSet;

use super::manifest::Phase;

/// The state of a target, as far as planning depends on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observed {
    /// Packages that must be installed first.
    pub missing_packages: Vec<String>,
    /// Whether the binaries are older than their sources. Always false for an installed `shopctl`.
    pub build_outdated: bool,
    /// The release that the binaries and the configuration make; none before they are built.
    pub wanted_release: Option<String>,
    /// Whether an operation has ever begun here.
    pub begun: bool,
    /// Whether the database cluster is there, complete.
    pub cluster_created: bool,
    /// Whether roles, schema, catalogue and model are complete for the release named.
    pub data_ready_for: Option<String>,
    /// What is running.
    pub serving: Serving,
    /// An operation that was cut off.
    pub interruption: Option<Interruption>,
    /// What a cluster has otherwise than the wanted release says; none on a machine.
    pub difference: Option<Difference>,
}

/// What a cluster has otherwise than a release says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Whether the registry lacks an image.
    pub images_missing: bool,
    /// Whether a Secret that `shopctl` makes is not there, or lacks a key.
    pub credentials_missing: bool,
    /// The phases with an object that is missing or says something else, or with a workload that is not ready.
    pub phases: BTreeSet<Phase>,
    /// Whether there are objects that the release no longer has.
    pub objects_left: bool,
}

impl Difference {
    /// Whether nothing is to be done.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// What is running on a target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Serving {
    /// Nothing that belongs to the shop.
    #[default]
    Nothing,
    /// Some of it, or with trouble: it must be stopped before it is started again.
    Partly,
    /// All components of the release run and are ready.
    Fully(String),
}

/// An operation that did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interruption {
    /// The verb, such as `up`.
    pub operation: String,
    /// The name of the step that was under way.
    pub step: String,
}
