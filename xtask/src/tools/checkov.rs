//! The check of manifests against the catalogues of security rules.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use crate::command::run;
use crate::repository::Repository;

const VERSION: &str = "3.3.30";

/// The path of `checkov`, installed once into a virtual environment of its own.
pub fn checkov(repository: &Repository) -> Result<PathBuf> {
    let environment = repository.cache.join(format!("checkov-{VERSION}"));
    // Written last: an installation that was cut off is done again.
    let complete = environment.join("complete");
    if !complete.exists() {
        run(repository
            .command("python3")
            .args(["-m", "venv"])
            .arg(&environment))?;
        let mut pip = repository.command(environment.join("bin/pip"));
        run(pip.args(["install", "--quiet", &format!("checkov=={VERSION}")]))?;
        fs::write(complete, "")?;
    }
    Ok(environment.join("bin/checkov"))
}
