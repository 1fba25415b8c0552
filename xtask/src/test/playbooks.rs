//! The playbooks, without hosts.

use std::env;
use std::ffi::OsString;
use std::path::Path;

use anyhow::Result;

use crate::command::run;
use crate::repository::Repository;
use crate::tools;

/// The linter's strictest profile, and the unit tests of what is written in Python.
pub fn test(repository: &Repository) -> Result<()> {
    let ansible = repository.root.join("ansible");
    let programs = tools::ANSIBLE_LINT.programs(repository)?;
    let mut lint = repository.command(programs.join("ansible-lint"));
    lint.args(["--offline", "--strict"])
        .current_dir(&ansible)
        // It starts the other programs of its environment by their names.
        .env("PATH", first_on_path(&programs)?);
    run(&mut lint)?;
    let programs = tools::ANSIBLE.programs(repository)?;
    let mut python = repository.command(programs.join("python"));
    python
        .args(["-m", "unittest", "discover", "--start-directory", "tests"])
        .current_dir(&ansible);
    run(&mut python)
}

fn first_on_path(programs: &Path) -> Result<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let places = std::iter::once(programs.to_owned()).chain(env::split_paths(&path));
    Ok(env::join_paths(places)?)
}
