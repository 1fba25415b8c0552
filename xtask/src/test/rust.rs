//! The Rust stages.

use anyhow::Result;

use crate::command::run;
use crate::repository::Repository;
use crate::tools;

/// The code is formatted.
pub fn format(repository: &Repository) -> Result<()> {
    run(&mut repository.cargo(["fmt", "--all", "--check"]))
}

/// Clippy finds nothing. In the profile of the tests, which then find macros and build scripts that are built already.
pub fn lint(repository: &Repository) -> Result<()> {
    clippy(repository, &["--all-targets"])?;
    // Those that are only run by their names are not among all targets.
    clippy(
        repository,
        &["--test", "cluster", "--test", "shop", "--test", "deploy"],
    )
}

fn clippy(repository: &Repository, targets: &[&str]) -> Result<()> {
    let mut command = repository.cargo(["clippy", "--workspace", "--release", "--locked"]);
    run(command.args(targets).args(["--", "-D", "warnings"]))
}

/// Licences, sources and duplicates. The advisory database cannot be reached from every machine; `cargo deny check`
/// without arguments looks at it too.
pub fn dependencies(repository: &Repository) -> Result<()> {
    let cargo_deny = tools::cargo_deny(repository)?;
    // It reads the crates of every system, also those that nothing here has compiled yet.
    run(&mut repository.cargo(["fetch", "--locked"]))?;
    let mut command = repository.command(cargo_deny);
    command.args([
        "--offline",
        "--locked",
        "check",
        "bans",
        "licenses",
        "sources",
    ]);
    run(&mut command)
}

/// Unit, service, command line, README and fault tests, in the profile that is shipped.
pub fn test(repository: &Repository) -> Result<()> {
    let mut command = repository.cargo([
        "test",
        "--workspace",
        "--release",
        "--locked",
        "--no-fail-fast",
    ]);
    // Images are pushed to a real registry.
    command.env("SHOPMICRO_TEST_REGISTRY", lab::registry_program()?);
    run(&mut command)
}
