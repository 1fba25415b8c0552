//! A registry for as long as an image is pushed.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// The rest of what distribution needs to know.
const CONFIGURATION: &str = include_str!("../parts/registry/config.yml");

/// A running registry, ended when it is dropped.
#[derive(Debug)]
pub struct Registry {
    address: String,
    process: Child,
}

impl Registry {
    /// Starts a registry on a free port of loopback, with its files in the directory.
    pub fn temporary(program: &Path, files: &Path) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        std::fs::create_dir_all(files)?;
        let configuration = files.with_extension("yml");
        std::fs::write(&configuration, CONFIGURATION)?;
        let process = command(program, &configuration, files, &address)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let registry = Self { address, process };
        let deadline = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(&registry.address).is_err() {
            if Instant::now() > deadline {
                bail!(
                    "{} does not listen on {}",
                    program.display(),
                    registry.address
                );
            }
            sleep(Duration::from_millis(20));
        }
        Ok(registry)
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        // It keeps nothing in memory that is not in its files.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The registry on an address.
pub fn command(program: &Path, configuration: &Path, files: &Path, address: &str) -> Command {
    let mut command = Command::new(program);
    command
        .arg("serve")
        .arg(configuration)
        .env("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", files)
        .env("REGISTRY_HTTP_ADDR", address)
        // It would look for a collector otherwise.
        .env("OTEL_TRACES_EXPORTER", "none");
    command
}

/// The configuration of every registry of the lab.
pub fn configuration() -> &'static str {
    CONFIGURATION
}
