//! The verbs of `shopctl cluster`.

use clap::Subcommand;

use super::{down, status, up, upgrade};
use crate::commands::{Context, Outcome};

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Arguments {
    /// Take bare hosts to a proven cluster
    Up(up::Arguments),
    /// Say which nodes there are and how they are
    Status(status::Arguments),
    /// Take the cluster one minor version up, node by node
    Upgrade(upgrade::Arguments),
    /// Take the cluster off its hosts
    Down(down::Arguments),
}

impl Arguments {
    /// The name in JSON schemas.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Up(_) => "cluster-up",
            Self::Status(_) => "cluster-status",
            Self::Upgrade(_) => "cluster-upgrade",
            Self::Down(_) => "cluster-down",
        }
    }
}

/// Runs the verb.
pub async fn run(context: Context, arguments: Arguments) -> Outcome {
    match arguments {
        Arguments::Up(arguments) => up::run(context, arguments).await,
        Arguments::Status(arguments) => status::run(context, arguments).await,
        Arguments::Upgrade(arguments) => upgrade::run(context, arguments).await,
        Arguments::Down(arguments) => down::run(context, arguments).await,
    }
}
