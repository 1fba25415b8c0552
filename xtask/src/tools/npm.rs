//! The storefront's packages.

use std::fs;

use anyhow::Result;

use crate::command::run;
use crate::repository::Repository;

/// Installs what the lock file names, unless that very lock file was installed already.
pub fn npm_packages(repository: &Repository) -> Result<()> {
    let lock = fs::read(repository.storefront().join("package-lock.json"))?;
    let stamp = repository
        .storefront()
        .join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    run(repository
        .npm(["ci", "--no-audit", "--no-fund"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))?;
    fs::write(stamp, lock)?;
    Ok(())
}
