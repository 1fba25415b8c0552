//! What can go wrong outside.

use std::io;
use std::path::{Path, PathBuf};

use super::kube::rollout::Failed;
use super::kube::{Halted, Refused};
use crate::exit::Exit;
use crate::failure::{Failure, NamedCause};

/// A failure of an outside effect.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or directory could not be read or written.
    #[error("cannot {action} `{}`: {source}", path.display())]
    File {
        /// What was tried, such as `read`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Another operation is under way.
    #[error("another operation holds the lock of `{place}`: {holder}")]
    Locked {
        /// The data directory or cluster.
        place: String,
        /// Who holds it: verb, process, since when.
        holder: String,
    },
    /// Something that must be there first is missing.
    #[error("{what}")]
    Prerequisite {
        /// What is missing.
        what: String,
        /// The command that mends it.
        cure: String,
    },
    /// A port is in use.
    #[error("port {port} is taken by {holder}")]
    PortTaken {
        /// The port.
        port: u16,
        /// The program and its process number, as far as they can be told.
        holder: String,
    },
    /// An external tool ended with an error.
    #[error("`{command_line}` failed ({status})")]
    Tool {
        /// The command line, ready to paste.
        command_line: String,
        /// How it ended.
        status: String,
        /// The last lines that it printed.
        output: String,
    },
    /// A component did not become ready.
    #[error("{component} is not ready: {cause}")]
    NotReady {
        /// The component.
        component: String,
        /// The one cause.
        cause: String,
        /// Its last log lines.
        log: String,
    },
    /// A release did not become ready on a cluster.
    #[error("{0}")]
    Rollout(Box<Failed>),
    /// A cluster refused an object.
    #[error("{0}")]
    Refused(Box<Refused>),
    /// A cluster failed after a release had begun to change it.
    #[error("{0}")]
    Halted(Box<Halted>),
    /// A store refused or could not be reached.
    #[error("cannot {action} {store}: {cause}")]
    Store {
        /// What was tried.
        action: &'static str,
        /// Which store.
        store: &'static str,
        /// The reason.
        cause: String,
    },
    /// No shop is there.
    #[error("no shop is running in `{place}`")]
    NothingRunning {
        /// The data directory or cluster.
        place: String,
    },
    /// State that shopctl has written cannot be understood.
    #[error("`{}` is damaged: {cause}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// What was asked for has no meaning on a target.
    #[error("{what} has no meaning on target `{target}`")]
    NoMeaning {
        /// What was asked for.
        what: String,
        /// The target.
        target: &'static str,
    },
    /// A cluster refused or could not be reached.
    #[error("cannot {action}: {cause}")]
    Cluster {
        /// What was tried, with the object.
        action: String,
        /// The reason.
        cause: String,
        /// What to type next.
        hint: String,
    },
    /// Something lies where shopctl wants to write, and is not its own.
    #[error("`{}` is left alone: {cause}", path.display())]
    Foreign {
        /// The file or directory.
        path: PathBuf,
        /// How that can be told.
        cause: &'static str,
    },
    /// Somebody else has set fields that are to be applied.
    #[error("{object} is not applied: {taken}")]
    Conflict {
        /// The object.
        object: String,
        /// Which fields, and who has set them.
        taken: String,
    },
    /// The manifests cannot be made.
    #[error(transparent)]
    Manifest(#[from] crate::plan::manifest::Error),
    /// A registry does not let us in, or not do what was asked for.
    #[error("registry `{registry}` refuses `{repository}`: {cause}")]
    RegistryRefused {
        /// The registry's host.
        registry: String,
        /// The repository in it.
        repository: String,
        /// The reason.
        cause: String,
        /// What to type next.
        hint: String,
    },
    /// A registry could not be reached, or failed.
    #[error("registry `{registry}` failed on `{repository}`: {cause}")]
    RegistryFailed {
        /// The registry's host.
        registry: String,
        /// The repository in it.
        repository: String,
        /// The reason.
        cause: String,
        /// What to type next.
        hint: String,
    },
    /// A request to the shop failed.
    #[error("{request} failed: {cause}")]
    Request {
        /// Method and address.
        request: String,
        /// The reason.
        cause: String,
    },
}

impl Error {
    /// A file error with what was tried and where.
    pub fn file(action: &'static str, path: impl AsRef<Path>, source: io::Error) -> Self {
        Self::File {
            action,
            path: path.as_ref().to_owned(),
            source,
        }
    }
}

impl Failure for Error {
    fn exit(&self) -> Exit {
        match self {
            Self::File { .. }
            | Self::Prerequisite { .. }
            | Self::PortTaken { .. }
            | Self::Conflict { .. }
            | Self::RegistryRefused { .. } => Exit::Prerequisite,
            Self::Refused(refused) => refused.exit(),
            Self::Halted(halted) => halted.exit(),
            Self::Locked { .. } => Exit::Locked,
            Self::Rollout(failed) if failed.serving => Exit::PreviousServing,
            Self::Tool { .. } | Self::RegistryFailed { .. } => Exit::Tool,
            Self::NotReady { .. } | Self::Rollout(_) | Self::Store { .. } => Exit::NothingServing,
            Self::NothingRunning { .. } | Self::Request { .. } | Self::Cluster { .. } => {
                Exit::CheckFailed
            }
            Self::NoMeaning { .. } | Self::Foreign { .. } => Exit::Usage,
            Self::Damaged { .. } => Exit::Bug,
            Self::Manifest(error) => error.exit(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::File { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                Some("free some space on that disk, then run the same command again".to_owned())
            }
            Self::File { .. } => Some(
                "check the path and its permissions, or choose another with `--data-dir`"
                    .to_owned(),
            ),
            Self::Locked { .. } => {
                Some("wait for it to end, then run the same command again".to_owned())
            }
            Self::Prerequisite { cure, .. } => Some(cure.clone()),
            Self::PortTaken { .. } => {
                Some("end that program, or choose another port with `--port`".to_owned())
            }
            Self::Tool { .. } => Some(
                "run that line by hand to see it fail, mend the cause, then run `shopctl` again"
                    .to_owned(),
            ),
            Self::NotReady { component, .. } => Some(format!("see `shopctl logs {component}`")),
            Self::Rollout(failed) => Some(failed.next.clone()),
            Self::Refused(refused) => Some(refused.next.clone()),
            Self::Halted(halted) => halted.error.hint(),
            Self::Store { store, .. } => {
                Some(format!("see `shopctl status` and `shopctl logs {store}`"))
            }
            Self::NothingRunning { .. } => Some("start it with `shopctl up`".to_owned()),
            Self::Damaged { .. } => {
                Some("move that file away and run `shopctl up` again".to_owned())
            }
            Self::Foreign { .. } => {
                Some("move it away, or name another directory with `--out`".to_owned())
            }
            Self::RegistryRefused { hint, .. } | Self::RegistryFailed { hint, .. } => {
                Some(hint.clone())
            }
            Self::Manifest(error) => error.hint(),
            Self::Conflict { .. } => Some(
                "let whoever that is give the field up, or take it over with `--force-conflicts`; \
                 with it, `shopctl up --dry-run` shows both values"
                    .to_owned(),
            ),
            Self::Request { .. } => Some("see `shopctl status`".to_owned()),
            Self::NoMeaning { .. } => Some("see `shopctl --help`".to_owned()),
            Self::Cluster { hint, .. } => Some(hint.clone()),
        }
    }

    fn detail(&self) -> Option<&str> {
        match self {
            Self::Tool { output: text, .. } | Self::NotReady { log: text, .. }
                if !text.is_empty() =>
            {
                Some(text)
            }
            Self::Rollout(failed) if !failed.log.is_empty() => Some(&failed.log),
            _ => None,
        }
    }

    fn named_cause(&self) -> Option<NamedCause> {
        match self {
            Self::Rollout(failed) => Some(failed.named_cause()),
            Self::Refused(refused) => Some(refused.named_cause()),
            Self::Halted(halted) => halted.error.named_cause(),
            _ => None,
        }
    }
}
