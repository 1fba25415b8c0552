//! What can go wrong between the rooms.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::plan::manifest::under_images;
use crate::platform;

/// A failure of a verb itself.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The verb needs a yes that nobody can give.
    #[error("`shopctl {verb}` would {consequence}, and nobody is there to say yes")]
    Unconfirmed {
        /// The command, such as `down --delete-data`.
        verb: &'static str,
        /// What it would do.
        consequence: String,
    },
    /// A name on the command line is not known.
    #[error("there is no {kind} `{name}`")]
    UnknownName {
        /// What kind of thing.
        kind: &'static str,
        /// What was written.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// A result could not be written where it was asked for.
    #[error("cannot write `{path}`: {cause}")]
    Unwritable {
        /// The file.
        path: String,
        /// The reason.
        cause: String,
    },
    /// A target needs an argument that others do not.
    #[error("target `{target}` needs `{argument}`")]
    Missing {
        /// The target.
        target: &'static str,
        /// The argument, such as `--inventory FILE`.
        argument: &'static str,
    },
    /// Two options that contradict each other.
    #[error("`{option}` does not go with `{other}`: {why}")]
    Contradiction {
        /// The option.
        option: &'static str,
        /// The other one.
        other: &'static str,
        /// Why not.
        why: &'static str,
    },
    /// Digests of images could not be found out.
    #[error("{cause}")]
    Unresolved {
        /// What kept them from being found out.
        cause: Box<platform::Error>,
        /// What to write in `images` of `shop.yaml` for each image that has no digest.
        lines: Vec<String>,
    },
    /// Nobody said which registry images go to.
    #[error("no registry is named")]
    NoRegistry,
    /// Somebody pressed Ctrl-C or asked the process to end.
    #[error("interrupted; it is safe to run the same command again")]
    Interrupted,
}

impl Failure for Error {
    fn exit(&self) -> Exit {
        match self {
            Self::Unconfirmed { .. }
            | Self::UnknownName { .. }
            | Self::Missing { .. }
            | Self::Contradiction { .. }
            | Self::NoRegistry => Exit::Usage,
            Self::Unwritable { .. } => Exit::Prerequisite,
            Self::Interrupted => Exit::Interrupted,
            Self::Unresolved { cause, .. } => cause.exit(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Unconfirmed { verb, .. } => Some(format!("say yes with `shopctl {verb} --yes`")),
            Self::UnknownName { known, .. } => Some(format!("the names are {known}")),
            Self::Unwritable { .. } => {
                Some("name a file in a directory that exists and that you may write".to_owned())
            }
            Self::Missing { argument, .. } => {
                Some(format!("add `{argument}`; see docs/cluster.md"))
            }
            Self::Contradiction { option, other, .. } => {
                Some(format!("leave out `{option}` or `{other}`"))
            }
            Self::NoRegistry => Some(
                "name one with `--registry registry.example.com/shopmicro`, or write files with `shopctl image build --image-archive DIR`"
                    .to_owned(),
            ),
            Self::Interrupted => None,
            Self::Unresolved { cause, lines } => {
                let cure = cause.hint().map(|hint| format!("{hint}; or "));
                let lines = under_images(lines);
                Some(format!("{}{lines}", cure.unwrap_or_default()))
            }
        }
    }

    fn detail(&self) -> Option<&str> {
        match self {
            Self::Unresolved { cause, .. } => cause.detail(),
            _ => None,
        }
    }
}
