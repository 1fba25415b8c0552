//! `shopctl deploy`

use clap::Args;

use super::meaning::{Bound, CLUSTERS, ensure_meant};
use super::up::{Request, release};
use super::{Context, Outcome};
use crate::plan::up;

/// The arguments of `deploy`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Print what would be done and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Build from source even when nothing seems to have changed
    #[arg(long)]
    rebuild: bool,
    /// Take over fields that somebody else has set (targets kube and ec2)
    #[arg(long)]
    pub force_conflicts: bool,
}

/// Brings a new release onto a platform that is there.
pub async fn run(context: Context, arguments: Arguments) -> Outcome {
    let Arguments {
        dry_run,
        rebuild,
        force_conflicts,
    } = arguments;
    let config = context.config()?;
    let taking_over = Bound {
        given: force_conflicts,
        name: "--force-conflicts",
        targets: CLUSTERS,
    };
    ensure_meant(config.target, &[taking_over])?;
    let request = Request {
        verb: "deploy",
        dry_run,
        foreground: false,
        plan: up::Request { rebuild },
    };
    Box::pin(release(&context, &config, &request)).await
}
