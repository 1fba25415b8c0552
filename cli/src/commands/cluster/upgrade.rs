//! `shopctl cluster upgrade`

use std::path::PathBuf;

use clap::Args;

use super::up::make;
use crate::commands::{Context, Outcome};
use crate::plan::{Playbook, cluster};

/// The arguments of `cluster upgrade`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The hosts, as Ansible reads them, with the new `kubernetes_version`
    #[arg(long, value_name = "FILE")]
    inventory: PathBuf,
    /// Add the cluster to your own kubeconfig too
    #[arg(long)]
    merge_kubeconfig: bool,
}

/// Takes the cluster one minor version up, node by node, and proves it again.
pub async fn run(context: Context, arguments: Arguments) -> Outcome {
    let Arguments {
        inventory,
        merge_kubeconfig,
    } = arguments;
    let steps = cluster::plan(cluster::Request {
        playbook: Playbook::Upgrade,
        merge_kubeconfig,
    });
    let config = context.config()?;
    make(
        &context,
        &config,
        &inventory,
        "cluster upgrade",
        &steps,
        false,
    )
    .await
}
