//! What every room's error can tell the person who reads it.

use std::error::Error;

use crate::exit::Exit;

/// An error that knows its exit code and what to type next.
pub trait Failure: Error + Send + Sync {
    /// The exit code that this failure ends the call with.
    fn exit(&self) -> Exit;

    /// What to type or change next, as one sentence without a full stop.
    fn hint(&self) -> Option<String> {
        None
    }

    /// Captured output that explains the failure: the last log lines, or what a tool printed.
    fn detail(&self) -> Option<&str> {
        None
    }

    /// The one cause, in parts, where there is one.
    fn named_cause(&self) -> Option<NamedCause> {
        None
    }
}

/// The parts of a failure that has one named cause, for programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedCause {
    /// The object, as `kubectl` names it: `pod/backend-0`.
    pub object: String,
    /// The container, where it is one container's.
    pub container: Option<String>,
    /// A name that does not change, such as `crash-loop`.
    pub reason: &'static str,
    /// The cluster's own words.
    pub message: String,
    /// The last log lines.
    pub log: Vec<String>,
    /// The command to type next.
    pub next: String,
}

/// Any room's failure, as the commands pass it up.
pub type AnyFailure = Box<dyn Failure>;

impl<F: Failure + 'static> From<F> for AnyFailure {
    fn from(failure: F) -> Self {
        Box::new(failure)
    }
}
