//! The exit codes of `shopctl`, a documented part of its contract.

use std::process::ExitCode;

/// How a call of `shopctl` ended. The number is what the shell sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All is well.
    Ok = 0,
    /// A defect of `shopctl` itself.
    Bug = 1,
    /// The command line was wrong, or the verb has no meaning on this target.
    Usage = 2,
    /// The configuration is invalid.
    Configuration = 3,
    /// Something that must be installed or prepared is missing.
    Prerequisite = 4,
    /// Another operation holds the lock.
    Locked = 5,
    /// A check failed.
    CheckFailed = 10,
    /// The release failed and the previous one is serving again.
    PreviousServing = 11,
    /// The release failed and nothing healthy is serving.
    NothingServing = 12,
    /// An external tool failed.
    Tool = 20,
    /// Interrupted; safe to run again.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_the_contract() {
        let numbers = [
            (Exit::Ok, 0),
            (Exit::Bug, 1),
            (Exit::Usage, 2),
            (Exit::Configuration, 3),
            (Exit::Prerequisite, 4),
            (Exit::Locked, 5),
            (Exit::CheckFailed, 10),
            (Exit::PreviousServing, 11),
            (Exit::NothingServing, 12),
            (Exit::Tool, 20),
            (Exit::Interrupted, 130),
        ];
        for (exit, number) in numbers {
            assert_eq!(exit as u8, number, "{exit:?}");
        }
    }
}
