//! The cluster on the hosts of a lab, made as an operator makes it.

use std::env;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use lab::{Lab, Phase};

use crate::command::run;
use crate::repository::Repository;
use crate::tools;

/// Runs `shopctl cluster up` unless that was done for these hosts before.
pub fn up(lab: &Lab) -> Result<()> {
    let record = lab.recorded()?.context("the lab has gone")?;
    if record.phase == Phase::Cluster {
        return Ok(());
    }
    let repository = Repository::find()?;
    let mut shopctl = repository.command(binary(&repository)?);
    if env::var_os("SHOPCTL_ANSIBLE_PLAYBOOK").is_none() {
        let programs = tools::ANSIBLE.programs(&repository)?;
        shopctl.env(
            "SHOPCTL_ANSIBLE_PLAYBOOK",
            programs.join("ansible-playbook"),
        );
    }
    shopctl.env("SHOPCTL_STATE_DIR", lab.state_dir());
    shopctl.args(["cluster", "up", "--inventory"]);
    run(shopctl.arg(lab.inventory()))?;
    lab.carries_cluster()
}

/// The `shopctl` that `SHOPCTL_BIN` names, or the one of this checkout.
fn binary(repository: &Repository) -> Result<PathBuf> {
    if let Some(binary) = env::var_os("SHOPCTL_BIN") {
        return Ok(binary.into());
    }
    repository.build()?;
    Ok(repository.binary("shopctl"))
}
