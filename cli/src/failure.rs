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
}

/// Any room's failure, as the commands pass it up.
pub type AnyFailure = Box<dyn Failure>;

impl<F: Failure + 'static> From<F> for AnyFailure {
    fn from(failure: F) -> Self {
        Box::new(failure)
    }
}
