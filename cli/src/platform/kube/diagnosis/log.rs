//! What the last lines of a container add.

use super::cause::Cause;
use super::reason::Reason;

/// PostgreSQL's words when `lock_timeout` has passed (SQLSTATE 55P03).
const LOCK: [&str; 2] = ["canceling statement due to lock timeout", "55P03"];

/// The words of the C library, and of programs that do without it.
const NAMES: [&str; 5] = [
    "failed to lookup address information",
    "Temporary failure in name resolution",
    "Name or service not known",
    "could not translate host name",
    "no such host",
];

impl Cause {
    /// The same cause with the name that the log gives it.
    pub fn in_the_light_of(mut self, log: &str) -> Self {
        let says = |words: &[&str]| words.iter().any(|word| log.contains(word));
        let ended = matches!(self.reason, Reason::CrashLoop | Reason::MigrationFailed);
        if self.reason == Reason::MigrationFailed && says(&LOCK) {
            self.reason = Reason::MigrationBlocked;
        } else if (ended || self.reason == Reason::ProbeFails) && says(&NAMES) {
            self.reason = Reason::NameResolution;
        }
        self
    }
}
