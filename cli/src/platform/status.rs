//! What runs on a target.

use time::OffsetDateTime;

use crate::plan::Component;

/// The state of a whole shop.
#[derive(Debug, Clone)]
pub struct Status {
    /// The release that is deployed; none when there is none.
    pub release: Option<String>,
    /// The address of the front door; none when it is closed.
    pub url: Option<String>,
    /// Where its state lives, for people.
    pub place: String,
    /// Every component, in the order of starting.
    pub components: Vec<ComponentStatus>,
}

/// The state of one component.
#[derive(Debug, Clone)]
pub struct ComponentStatus {
    /// Which one.
    pub component: Component,
    /// Whether it answers and is ready.
    pub ready: bool,
    /// One word: `ready`, `starting`, `backing-off`, `crash-loop`, `stopped`, `unready`, `updating`, `external`.
    pub state: &'static str,
    /// Its process number; none when it does not run.
    pub pid: Option<i32>,
    /// How many pods of it there are; none where a component is one process.
    pub replicas: Option<Replicas>,
    /// Since when it runs.
    pub since: Option<OffsetDateTime>,
    /// How often it was restarted after it ended by itself.
    pub restarts: u32,
    /// Why it is not ready: the last log lines or the probe's answer.
    pub cause: Option<String>,
}

/// The pods of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replicas {
    /// How many are ready.
    pub ready: u32,
    /// How many there should be.
    pub wanted: u32,
}
