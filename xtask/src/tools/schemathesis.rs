//! The fuzzer of the API's contract.

use std::path::PathBuf;

use anyhow::Result;

use crate::command::run;
use crate::repository::Repository;

const VERSION: &str = "4.32.5";

/// The path of `schemathesis`, installed once into a virtual environment of its own.
pub fn schemathesis(repository: &Repository) -> Result<PathBuf> {
    let environment = repository.cache.join(format!("schemathesis-{VERSION}"));
    let binary = environment.join("bin/schemathesis");
    if !binary.exists() {
        run(repository
            .command("python3")
            .args(["-m", "venv"])
            .arg(&environment))?;
        let mut pip = repository.command(environment.join("bin/pip"));
        run(pip.args(["install", "--quiet", &format!("schemathesis=={VERSION}")]))?;
    }
    Ok(binary)
}
