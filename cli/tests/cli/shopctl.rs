//! The real binary in an empty directory of its own.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::installed;
use crate::process::Process;

/// An empty working directory with a `shopctl` that sees nothing of the machine's own settings.
#[derive(Debug)]
pub struct Shopctl {
    directory: TempDir,
}

impl Shopctl {
    /// A new empty directory.
    pub fn new() -> Self {
        let directory = tempfile::Builder::new()
            .prefix("shopmicro-")
            .tempdir()
            .unwrap();
        // When the tests run as root, the shop's children run under another account.
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
        Self { directory }
    }

    /// The working directory.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The data directory that calls use unless they name another.
    pub fn data_dir(&self) -> PathBuf {
        self.directory.path().join("data/shopmicro")
    }

    /// Writes a file into the working directory.
    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.directory.path().join(name), text).unwrap();
    }

    /// The command with these arguments.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.inside(installed::shopctl(), arguments)
    }

    /// Any program in the same surroundings.
    pub fn inside(&self, program: impl AsRef<OsStr>, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.directory.path())
            .env_remove("SHOPCTL_CONFIG")
            // Empty: it runs what lies beside it and builds nothing.
            .env("SHOPCTL_SOURCE", "")
            .env("XDG_DATA_HOME", self.directory.path().join("data"))
            .env("XDG_CACHE_HOME", self.directory.path().join("cache"))
            .env("DOCKER_CONFIG", self.directory.path().join("docker"))
            .env("SHOPCTL_STATE_DIR", self.directory.path().join("state"))
            .env("KUBECONFIG", self.directory.path().join("own-kubeconfig"))
            .env_remove("SHOPCTL_ANSIBLE_PLAYBOOK")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        Ended::from(
            &self.command(arguments).output().unwrap(),
            self.directory.path(),
        )
    }
}

impl Drop for Shopctl {
    /// Leaves no process and no file behind, however the test ended.
    fn drop(&mut self) {
        if !self.data_dir().exists() {
            return;
        }
        let ended = self.run(&["down", "--delete-data", "--yes", "--quiet"]);
        if ended.code == Some(0) {
            return;
        }
        // Not a panic: the test may be unwinding already, and its own message counts.
        let _ = writeln!(std::io::stderr(), "down failed: {}", ended.snapshot());
        for process in Process::naming(&self.data_dir()) {
            process.kill();
        }
    }
}

/// How a call ended, with the directory's path replaced by `DIR`.
#[derive(Debug)]
pub struct Ended {
    /// The exit code.
    pub code: Option<i32>,
    /// The result.
    pub stdout: String,
    /// The chat.
    pub stderr: String,
}

impl Ended {
    /// What a process that was run in that directory has left.
    pub fn from(output: &Output, directory: &Path) -> Self {
        let text = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes).replace(&directory.display().to_string(), "DIR")
        };
        Self {
            code: output.status.code(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    /// Stdout as the one JSON document that it must be.
    pub fn document(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", self.snapshot()))
    }

    /// All of it as one text, for snapshots.
    pub fn snapshot(&self) -> String {
        let Self {
            code,
            stdout,
            stderr,
        } = self;
        let code = code.map_or_else(|| "none".to_owned(), |code| code.to_string());
        format!("exit: {code}\n--- stdout\n{stdout}--- stderr\n{stderr}")
    }
}
