//! Where things are.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::command::run;

/// The checkout and the cache beside it.
#[derive(Debug)]
pub struct Repository {
    /// The root of the checkout.
    pub root: PathBuf,
    /// Where downloaded and built tools are kept, outside the checkout.
    pub cache: PathBuf,
    /// Where Cargo builds.
    target: PathBuf,
}

impl Repository {
    /// The checkout that this program was compiled in.
    pub fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask has no parent directory")?;
        let cache = env::var_os("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".cache")))
            .context("neither XDG_CACHE_HOME nor HOME is set")?;
        Ok(Self {
            root: root.to_owned(),
            cache: cache.join("shopmicro"),
            // Cargo knows the same variable.
            target: env::var_os("CARGO_TARGET_DIR")
                .map_or_else(|| root.join("target"), |named| root.join(named)),
        })
    }

    /// `cargo` in the root of the checkout.
    pub fn cargo<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let mut command = self.command("cargo");
        command.args(arguments);
        command
    }

    /// Compiles every program and every test in the profile that is shipped. Always all of them by the same words: with
    /// other packages come other features, and every dependency would be compiled again.
    pub fn build(&self) -> Result<()> {
        run(&mut self.cargo(["test", "--workspace", "--release", "--locked", "--no-run"]))
    }

    /// Any program in the root of the checkout.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// `npm` in the storefront's directory.
    pub fn npm<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let mut command = Command::new("npm");
        command.args(arguments).current_dir(self.storefront());
        command
    }

    /// The storefront's directory.
    pub fn storefront(&self) -> PathBuf {
        self.root.join("services/frontend/ui")
    }

    /// The release build of a binary of the workspace.
    pub fn binary(&self, name: &str) -> PathBuf {
        self.target.join("release").join(name)
    }
}
