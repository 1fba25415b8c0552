//! `shopctl cluster status`

use std::path::PathBuf;

use clap::Args;

use super::site::Site;
use crate::commands::status::cluster_verdict;
use crate::commands::{Context, Outcome};
use crate::platform::kube::{Cluster, ClusterStatus};
use crate::report;

/// The arguments of `cluster status`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The hosts, as Ansible reads them
    #[arg(long, value_name = "FILE")]
    inventory: PathBuf,
}

/// Says which nodes there are, and which hosts are none.
pub async fn run(context: Context, Arguments { inventory }: Arguments) -> Outcome {
    let config = context.config()?;
    let site = Site::read(&config, &inventory).await?;
    let cluster = Cluster::connect(&site.place).await?;
    let status = ClusterStatus::of(&cluster).await?;
    let status = status.expecting(site.inventory.hosts());
    report::cluster::status(&context.printer, &status);
    Ok(cluster_verdict(&status))
}
