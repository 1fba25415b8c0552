//! The verbs of `shopctl image`.

use clap::Subcommand;

use super::{build, list, push};
use crate::commands::{Context, Outcome};

/// The verbs of `image`.
#[derive(Debug, Subcommand)]
pub enum Arguments {
    /// Make an image of each service, without Docker
    Build(build::Arguments),
    /// Make the images and send them to a registry
    Push(push::Arguments),
    /// Say which images were built, and which a registry has
    List(list::Arguments),
}

impl Arguments {
    /// The name in JSON schemas.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Build(_) => "image-build",
            Self::Push(_) => "image-push",
            Self::List(_) => "image-list",
        }
    }
}

/// Runs the verb.
pub async fn run(context: Context, arguments: Arguments) -> Outcome {
    match arguments {
        Arguments::Build(arguments) => build::run(context, arguments).await,
        Arguments::Push(arguments) => push::run(context, arguments).await,
        Arguments::List(arguments) => list::run(context, arguments).await,
    }
}
