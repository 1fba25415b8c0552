//! How one component is run.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::plan::Component;
use crate::platform::process::account::Account;
use crate::platform::process::signal::Signal;

/// Everything that the supervisor needs to run one component. It holds no secret: those are in files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// Which component.
    pub component: Component,
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// Its whole environment.
    pub environment: BTreeMap<String, String>,
    /// Where it runs.
    pub directory: PathBuf,
    /// Who it runs as; who the supervisor runs as when none.
    pub account: Option<Account>,
    /// What tells it to end.
    pub stop_signal: Signal,
    /// What it gets when the supervisor dies.
    pub death_signal: Signal,
    /// How long it may take to end, in seconds.
    pub stop_timeout_seconds: u64,
}

/// What the supervisor is to run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desired {
    /// The hash of the `shopctl` that is to supervise: the front door is a part of it, so another one starts anew.
    #[serde(default)]
    pub program: String,
    /// The release that the services are of; none while only the stores are to run.
    pub release: Option<String>,
    /// The components.
    pub components: Vec<Spec>,
    /// The front door; closed when none.
    pub front_door: Option<FrontDoor>,
}

/// The one published port and what is behind it; all of it on loopback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrontDoor {
    /// The published port.
    pub port: u16,
    /// The backend's port.
    pub backend: u16,
    /// The frontend's port.
    pub frontend: u16,
}
