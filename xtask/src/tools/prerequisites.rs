//! What comes from the machine's package manager.

use std::path::Path;

use anyhow::Result;

use crate::command::run;
use crate::repository::Repository;

/// PostgreSQL and Redis through `shopctl doctor --fix`, as an operator would; the browser through apt-get.
pub fn prerequisites(repository: &Repository) -> Result<()> {
    repository.build()?;
    let mut doctor = repository.command(repository.binary("shopctl"));
    run(doctor.args(["doctor", "--fix"]))?;
    if !Path::new("/usr/bin/chromium").exists() {
        run(repository.command("apt-get").args(["update", "--quiet"]))?;
        run(repository
            .command("apt-get")
            .args(["install", "--yes", "--quiet", "chromium"]))?;
    }
    Ok(())
}
