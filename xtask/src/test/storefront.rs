//! The storefront without a browser.

use anyhow::Result;

use crate::command::run;
use crate::repository::Repository;
use crate::tools;

/// Types, lints, size and unit tests. The Rust build embeds what this builds.
pub fn test(repository: &Repository) -> Result<()> {
    tools::npm_packages(repository)?;
    run(&mut repository.npm(["run", "lint"]))?;
    run(&mut repository.npm(["run", "build"]))?;
    run(&mut repository.npm(["test"]))
}
