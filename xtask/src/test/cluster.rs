//! The end-to-end tests on real hosts.

use anyhow::Result;

use crate::command::run;
use crate::repository::Repository;
use crate::tools;

/// The life of a cluster in a lab of its own.
pub fn test(repository: &Repository) -> Result<()> {
    let ansible = tools::ANSIBLE.programs(repository)?;
    repository.build()?;
    let mut test = repository.cargo([
        "test",
        "--workspace",
        "--release",
        "--locked",
        "--test",
        "cluster",
        "--",
        "--nocapture",
    ]);
    test.env(
        "SHOPCTL_BIN",
        repository.root.join("target/release/shopctl"),
    )
    .env("SHOPCTL_ANSIBLE_PLAYBOOK", ansible.join("ansible-playbook"));
    run(&mut test)
}
