//! What can be wrong with the configuration.

use std::io;
use std::path::PathBuf;

use super::Place;
use crate::exit::Exit;
use crate::failure::Failure;

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file that was named cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The file's text is wrong.
    #[error("{}:{line}:{column}: {cause}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The column, from 1.
        column: u64,
        /// What is wrong there.
        cause: String,
        /// The key that was probably meant.
        nearest: Option<String>,
    },
    /// A value has the right type but cannot be used.
    #[error("{}:{place}: `{key}` cannot be `{value}`: {cause}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Where the key stands, or the nearest one above it that does.
        place: Place,
        /// The key, with dots.
        key: String,
        /// Its value.
        value: String,
        /// Why not.
        cause: &'static str,
    },
    /// A context of the kubeconfig was named for a target that is not reached by one.
    #[error("`--context` has no meaning on target `{0}`")]
    NoContext(&'static str),
    /// No place for the data could be found.
    #[error("there is no home directory to keep the shop's data in")]
    NoHome,
    /// No place for what is known of clusters could be found.
    #[error("there is no home directory to keep what is known of clusters in")]
    NoStateHome,
    /// An inventory cannot be used.
    #[error("cannot use inventory `{}`: {cause}", path.display())]
    Inventory {
        /// The file that was named.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
}

impl Failure for Error {
    fn exit(&self) -> Exit {
        match self {
            Self::NoContext(_) => Exit::Usage,
            _ => Exit::Configuration,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Unreadable { .. } => Some("name another file with `--config FILE`".to_owned()),
            Self::Invalid {
                nearest: Some(nearest),
                ..
            } => Some(format!("did you mean `{nearest}`?")),
            Self::Invalid { .. } | Self::Unusable { .. } => {
                Some("see `shopctl docs` for every key and its default".to_owned())
            }
            Self::NoStateHome => Some("name a directory with `SHOPCTL_STATE_DIR`".to_owned()),
            Self::Inventory { .. } => Some(
                "see docs/cluster.md for an example; `ansible-inventory --list -i FILE` shows what Ansible reads"
                    .to_owned(),
            ),
            Self::NoContext(_) => Some("add `--target kube`, or leave `--context` out".to_owned()),
            Self::NoHome => Some("name a directory with `--data-dir DIR`".to_owned()),
        }
    }
}
