//! What the last lines of a container add.

use super::cause::{Attempt, Cause};
use super::reason::Reason;

/// PostgreSQL's words when `lock_timeout` has passed (SQLSTATE 55P03), and when two have waited for each other.
const LOCK: [&str; 3] = [
    "canceling statement due to lock timeout",
    "55P03",
    "deadlock detected",
];

/// The words of the C library, and of programs that do without it.
const NAMES: [&str; 5] = [
    "failed to lookup address information",
    "Temporary failure in name resolution",
    "Name or service not known",
    "could not translate host name",
    "no such host",
];

/// The words of a database, or of the migrations, that will be the same the next time. A server that has refused a
/// statement writes `ERROR:`; one that goes away writes none.
const SETTLED: [&str; 4] = [
    "ERROR:",
    "password authentication failed",
    "is different than filesystem one",
    "is missing on the filesystem",
];

impl Cause {
    /// The same cause with the name that the log gives it.
    pub fn in_the_light_of(mut self, log: &str) -> Self {
        let ended = matches!(
            self.reason,
            Reason::CrashLoop | Reason::MigrationFailed | Reason::JobFailed
        );
        self.reason = match (self.reason, self.attempt) {
            (Reason::MigrationFailed, _) if says(log, &LOCK) => Reason::MigrationBlocked,
            _ if ended && blames_names(log) => Reason::NameResolution,
            (Reason::ProbeFails, _) if blames_names(log) => Reason::NameResolution,
            (Reason::AttemptFailed, Some(attempt)) => after(attempt, log),
            (same, _) => same,
        };
        self
    }
}

/// One failure to resolve a name or to get a lock may pass; the next attempt tells.
fn after(attempt: Attempt, log: &str) -> Reason {
    let again = attempt.number > 1;
    if says(log, &LOCK) {
        if again {
            Reason::MigrationBlocked
        } else {
            Reason::AttemptFailed
        }
    } else if blames_names(log) && again {
        Reason::NameResolution
    } else if says(log, &SETTLED) {
        attempt.failure
    } else {
        Reason::AttemptFailed
    }
}

/// Whether a log says that a name could not be resolved.
pub fn blames_names(log: &str) -> bool {
    says(log, &NAMES)
}

fn says(log: &str, words: &[&str]) -> bool {
    words.iter().any(|word| log.contains(word))
}
