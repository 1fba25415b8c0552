//! `shopctl cluster up`

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;

use super::operation::{Operation, extra_vars};
use super::site::Site;
use crate::commands::{Context, Error, Outcome, verify};
use crate::config::Config;
use crate::exit::Exit;
use crate::failure::AnyFailure;
use crate::plan::{ClusterStep, Playbook, cluster};
use crate::platform::kube;
use crate::report;

/// The arguments of `cluster up`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The hosts, as Ansible reads them
    #[arg(long, value_name = "FILE")]
    inventory: PathBuf,
    /// Add the cluster to your own kubeconfig too
    #[arg(long)]
    merge_kubeconfig: bool,
}

/// What `up` hands over for the target `ec2`.
#[derive(Debug)]
pub struct Request {
    /// Only print what would be done.
    pub dry_run: bool,
    /// The hosts.
    pub inventory: Option<PathBuf>,
}

/// Takes bare hosts to a proven cluster.
pub async fn run(context: Context, arguments: Arguments) -> Outcome {
    let Arguments {
        inventory,
        merge_kubeconfig,
    } = arguments;
    let request = cluster::Request {
        playbook: Playbook::Site,
        merge_kubeconfig,
    };
    let config = context.config()?;
    let steps = cluster::plan(request);
    make(&context, &config, &inventory, "cluster up", &steps, false).await
}

/// `up --target ec2`: begins with the cluster.
pub async fn with_shop(context: &Context, config: &Config, request: Request) -> Outcome {
    let steps = cluster::plan(cluster::Request {
        playbook: Playbook::Site,
        merge_kubeconfig: false,
    });
    if request.dry_run {
        let steps = steps.iter().map(|step| (step.name(), step.to_string()));
        report::dry_run(&context.printer, &steps.collect::<Vec<_>>());
        return Ok(Exit::Ok);
    }
    let inventory = required(request.inventory)?;
    // Before anything is changed: without images there would be a cluster and no shop.
    kube::ensure_images_named(config)?;
    make(context, config, &inventory, "up", &steps, true).await
}

/// The inventory that a verb of the target `ec2` cannot do without.
pub fn required(inventory: Option<PathBuf>) -> Result<PathBuf, Error> {
    inventory.ok_or(Error::Missing {
        target: "ec2",
        argument: "--inventory FILE",
    })
}

/// Carries out steps that end with a proven cluster.
pub async fn make(
    context: &Context,
    config: &Config,
    inventory: &Path,
    verb: &str,
    steps: &[ClusterStep],
    shop_follows: bool,
) -> Result<Exit, AnyFailure> {
    let start = Instant::now();
    let site = Site::read(config, inventory).await?;
    let operation = Operation {
        config,
        site: &site,
        verb,
        extra_vars: extra_vars(&site),
    };
    let done = operation.carry_out(context, steps).await?;
    let Some(cluster) = &done.cluster else {
        return Ok(Exit::Ok);
    };
    let made = report::cluster::Made {
        name: &cluster.name,
        version: &cluster.version,
        kubeconfig: &cluster.kubeconfig,
        context: done.context.as_deref(),
        hosts: done.played.hosts.len(),
        changed: done.played.changed,
        took: start.elapsed(),
        results: &done.results,
        shop_follows,
    };
    report::cluster::made(&context.printer, &made);
    Ok(verify::verdict(&done.results))
}
