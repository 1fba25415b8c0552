//! The end-to-end tests on real hosts.

use anyhow::Result;

use crate::command::run;
use crate::repository::Repository;
use crate::tools;

/// The life of a cluster in a lab of its own.
pub fn cluster(repository: &Repository) -> Result<()> {
    in_a_lab(repository, "cluster")
}

/// The life of a shop on a cluster in a lab of its own.
pub fn shop(repository: &Repository) -> Result<()> {
    in_a_lab(repository, "shop")
}

/// Runs that test target of the lab, with what it needs to make a cluster.
pub fn in_a_lab(repository: &Repository, test: &str) -> Result<()> {
    let ansible = tools::ANSIBLE.programs(repository)?;
    repository.build()?;
    let mut command = repository.cargo([
        "test",
        "--workspace",
        "--release",
        "--locked",
        "--test",
        test,
        "--",
        "--nocapture",
    ]);
    command
        .env("SHOPCTL_BIN", repository.binary("shopctl"))
        .env("SHOPCTL_ANSIBLE_PLAYBOOK", ansible.join("ansible-playbook"))
        // The services beside it are the ones under test; another build, with other features, would take minutes.
        .env("SHOPCTL_SOURCE", "");
    run(&mut command)
}
