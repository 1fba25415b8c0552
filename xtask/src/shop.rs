//! A shop of its own for tests and measurements.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use anyhow::Result;
use serde_json::Value;
use tempfile::TempDir;

use crate::command;
use crate::repository::Repository;

/// A shop in a temporary directory and on a free port; its end removes both.
#[derive(Debug)]
pub struct Shop {
    shopctl: PathBuf,
    directory: TempDir,
    port: u16,
}

impl Shop {
    /// Room for a shop; nothing runs yet.
    pub fn new(repository: &Repository) -> Result<Self> {
        let directory = tempfile::Builder::new()
            .prefix("shopmicro-")
            .tempdir_in(env::temp_dir())?;
        // The shop's children run under another account when this runs as root.
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755))?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        Ok(Self {
            shopctl: repository.binary("shopctl"),
            directory,
            port,
        })
    }

    /// The address of the front door.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The shop's data directory.
    pub fn data_dir(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// `shopctl` for this shop.
    pub fn shopctl<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let mut command = Command::new(&self.shopctl);
        command
            .args(arguments)
            .arg("--data-dir")
            .arg(self.data_dir())
            // The binaries beside it are the ones under test; nothing is built in between.
            .env("SHOPCTL_SOURCE", "");
        command
    }

    /// Runs `shopctl up` and returns its document.
    pub fn up(&self) -> Result<Value> {
        let port = self.port.to_string();
        let text = command::output(&mut self.shopctl(["up", "--output", "json", "--port", &port]))?;
        Ok(serde_json::from_str(&text)?)
    }

    /// Stops the shop and removes its data.
    pub fn down(&self) -> Result<()> {
        command::output(&mut self.shopctl(["down", "--delete-data", "--yes"]))?;
        Ok(())
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        // A shop that never came up has nothing to stop; the directory goes in any case.
        let _ = self.down();
    }
}
