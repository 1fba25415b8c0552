//! `shopctl doctor --target ec2`

use std::path::PathBuf;

use super::operation::{Operation, extra_vars};
use super::site::Site;
use super::up::required;
use crate::commands::Context;
use crate::config::Config;
use crate::failure::AnyFailure;
use crate::plan::{Playbook, cluster};
use crate::platform::Finding;

/// Looks at all hosts at once and changes nothing.
pub async fn examine(
    context: &Context,
    config: &Config,
    inventory: Option<PathBuf>,
) -> Result<Vec<Finding>, AnyFailure> {
    let site = Site::read(config, &required(inventory)?).await?;
    let steps = cluster::plan(cluster::Request {
        playbook: Playbook::Doctor,
        merge_kubeconfig: false,
    });
    let operation = Operation {
        config,
        site: &site,
        verb: "doctor",
        extra_vars: extra_vars(&site),
    };
    let done = operation.carry_out(context, &steps).await?;
    let told = done.played.findings.into_iter().map(|found| Finding {
        met: found.cure.is_empty(),
        cure: Some(found.cure).filter(|cure| !cure.is_empty()),
        name: found.host,
        found: found.finding,
        packages: Vec::new(),
    });
    let mut findings: Vec<_> = told.collect();
    for host in site.inventory.hosts() {
        if findings.iter().all(|finding| finding.name != *host) {
            findings.push(fit(host));
        }
    }
    findings.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(findings)
}

fn fit(host: &str) -> Finding {
    Finding {
        name: host.to_owned(),
        met: true,
        found: "fit for a cluster".to_owned(),
        cure: None,
        packages: Vec::new(),
    }
}
