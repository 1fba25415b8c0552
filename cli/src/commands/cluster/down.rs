//! `shopctl cluster down`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::operation::{Operation, extra_vars};
use super::site::Site;
use crate::commands::{Context, Error, Outcome};
use crate::exit::Exit;
use crate::plan::{Playbook, cluster};
use crate::report;

/// The arguments of `cluster down`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The hosts, as Ansible reads them
    #[arg(long, value_name = "FILE")]
    inventory: PathBuf,
    /// Take the cluster out of your own kubeconfig too
    #[arg(long)]
    merge_kubeconfig: bool,
    /// Remove the volumes and the etcd snapshots on the hosts too
    #[arg(long)]
    delete_data: bool,
}

/// Takes the cluster off its hosts.
pub async fn run(context: Context, arguments: Arguments) -> Outcome {
    let Arguments {
        inventory,
        merge_kubeconfig,
        delete_data,
    } = arguments;
    let config = context.config()?;
    let site = Site::read(&config, &inventory).await?;
    confirm(&context, &site, delete_data)?;
    let steps = cluster::plan(cluster::Request {
        playbook: Playbook::Reset,
        merge_kubeconfig,
    });
    let mut extra_vars = extra_vars(&site);
    extra_vars["delete_data"] = json!(delete_data);
    let operation = Operation {
        config: &config,
        site: &site,
        verb: "cluster down",
        extra_vars,
    };
    let done = operation.carry_out(&context, &steps).await?;
    let hosts = done.played.hosts.len();
    report::cluster::down(
        &context.printer,
        site.inventory.cluster.as_str(),
        hosts,
        delete_data,
    );
    Ok(Exit::Ok)
}

fn confirm(context: &Context, site: &Site, delete_data: bool) -> Result<(), Error> {
    let hosts: Vec<_> = site.inventory.hosts().map(String::as_str).collect();
    let data = if delete_data { " and its volumes" } else { "" };
    let consequence = format!(
        "remove cluster `{}`{data} from {}, with everything that runs in it",
        site.inventory.cluster,
        hosts.join(", ")
    );
    let question = format!("This will {consequence}. Go on?");
    if context.yes || context.printer.ask(&question) {
        return Ok(());
    }
    Err(Error::Unconfirmed {
        verb: "cluster down",
        consequence,
    })
}
