//! The check of the dependencies.

use std::path::PathBuf;

use anyhow::Result;

use crate::command::run;
use crate::repository::Repository;

const VERSION: &str = "0.20.2";

/// The path of `cargo-deny`, built once.
pub fn cargo_deny(repository: &Repository) -> Result<PathBuf> {
    let root = repository.cache.join(format!("cargo-deny-{VERSION}"));
    let binary = root.join("bin/cargo-deny");
    if !binary.exists() {
        let mut command =
            repository.cargo(["install", "cargo-deny", "--locked", "--version", VERSION]);
        // Without its bundled git and TLS: the stages use neither.
        run(command.args(["--no-default-features", "--root"]).arg(&root))?;
    }
    Ok(binary)
}
