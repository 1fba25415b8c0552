//! What the supervisor tells about itself and its children.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::plan::Component;
use crate::platform::local::running::spec::Desired;
use crate::platform::process::identity::Identity;

/// The content of `run/supervisor.json`. It is only believed while the supervisor's lock is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The supervisor itself.
    pub supervisor: Identity,
    /// What it was told to run when this was written.
    pub desired: Desired,
    /// Its children.
    pub components: BTreeMap<Component, Part>,
    /// Why the front door is not open although it should be.
    pub front_door_trouble: Option<String>,
    /// Whether the front door is open.
    pub front_door_open: bool,
}

/// One child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What it is doing.
    pub phase: Phase,
    /// The process; none when there is none.
    pub process: Option<Identity>,
    /// Since when the phase lasts.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    /// How often it was started again after it ended by itself.
    pub restarts: u32,
    /// How it ended the last time, when that was not asked for.
    pub cause: Option<String>,
    /// Its last log lines, when it is in trouble.
    pub last_lines: Vec<String>,
}

/// What a child is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// It runs.
    Running,
    /// It was told to end.
    Stopping,
    /// It ended by itself and is started again after a pause.
    BackingOff,
    /// It ended by itself again and again.
    CrashLoop,
    /// It does not run, as it should be.
    Stopped,
}

impl State {
    /// The state as it was written last; none when it cannot be read or understood.
    pub fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }
}
