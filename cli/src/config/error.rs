//! What can be wrong with the configuration.

use std::io;
use std::path::PathBuf;

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
    #[error("`{key}` in `{}` cannot be `{value}`: {cause}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// The key, with dots.
        key: &'static str,
        /// Its value.
        value: String,
        /// Why not.
        cause: &'static str,
    },
    /// No place for the data could be found.
    #[error("there is no home directory to keep the shop's data in")]
    NoHome,
}

impl Failure for Error {
    fn exit(&self) -> Exit {
        Exit::Configuration
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
            Self::NoHome => Some("name a directory with `--data-dir DIR`".to_owned()),
        }
    }
}
