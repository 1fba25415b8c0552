//! An object that the API server refuses, for a reason that has a name.

use std::fmt;

use crate::exit::Exit;
use crate::failure::NamedCause;

/// What was refused, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What was tried, with the object.
    pub action: String,
    /// The object, as `kubectl` names it: `deployment/backend`.
    pub object: String,
    /// A name that does not change, such as `webhook-down`.
    pub reason: &'static str,
    /// The API server's own words.
    pub message: String,
    /// What to type next.
    pub next: String,
    /// Whether the shop serves all the same, where something was changed already; none where nothing was.
    pub serving: Option<bool>,
}

impl Refused {
    /// How a call ends with it.
    pub const fn exit(&self) -> Exit {
        match self.serving {
            None => Exit::Prerequisite,
            Some(true) => Exit::PreviousServing,
            Some(false) => Exit::NothingServing,
        }
    }

    /// The parts, for programs.
    pub fn named_cause(&self) -> NamedCause {
        NamedCause {
            object: self.object.clone(),
            container: None,
            reason: self.reason,
            message: self.message.clone(),
            log: Vec::new(),
            next: self.next.clone(),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "cannot {}: {}", self.action, self.message)?;
        match self.serving {
            None => Ok(()),
            Some(true) => write!(formatter, "; the shop serves on with the pods of before"),
            Some(false) => write!(formatter, "; nothing healthy is serving"),
        }
    }
}
