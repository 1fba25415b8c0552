//! Where everything of a shop lies inside its data directory.

use std::path::{Path, PathBuf};

use crate::plan::Component;
use crate::platform::local::stores::passwords::Password;

/// The paths below one data directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    root: PathBuf,
}

impl Layout {
    /// The paths below `root`, which is absolute.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The data directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The lock that admits one operation at a time.
    pub fn operation_lock(&self) -> PathBuf {
        self.root.join("operation.lock")
    }

    /// The record of all operations.
    pub fn journal(&self) -> PathBuf {
        self.root.join("journal.jsonl")
    }

    /// The ports of this shop.
    pub fn ports(&self) -> PathBuf {
        self.root.join("ports.json")
    }

    /// The directory of everything that must not be read by others.
    pub fn secrets(&self) -> PathBuf {
        self.root.join("secrets")
    }

    /// One password.
    pub fn password(&self, password: Password) -> PathBuf {
        self.secrets().join(password.file_name())
    }

    /// The address of a store with the password in it, for one service.
    pub fn store_url(&self, user: &str) -> PathBuf {
        self.secrets().join(format!("{user}-url"))
    }

    /// The configuration of Redis, which holds its password.
    pub fn redis_configuration(&self) -> PathBuf {
        self.secrets().join("redis.conf")
    }

    /// What the database account owns.
    pub fn postgres(&self) -> PathBuf {
        self.root.join("postgres")
    }

    /// The database cluster; there only when it is complete.
    pub fn cluster(&self) -> PathBuf {
        self.postgres().join("data")
    }

    /// The mark of a cluster that a loss of power may still damage.
    pub fn unsynced(&self) -> PathBuf {
        self.postgres().join("unsynced")
    }

    /// What Redis has written.
    pub fn redis(&self) -> PathBuf {
        self.root.join("redis")
    }

    /// The directory of all releases.
    pub fn releases(&self) -> PathBuf {
        self.root.join("releases")
    }

    /// One release.
    pub fn release(&self, name: &str) -> PathBuf {
        self.releases().join(name)
    }

    /// A service's binary in a release.
    pub fn binary(&self, release: &str, service: Component) -> PathBuf {
        self.release(release).join("bin").join(service.name())
    }

    /// The hashes of binaries that were hashed before.
    pub fn hashes(&self) -> PathBuf {
        self.root.join("hashes.json")
    }

    /// The directory of what is only true while the shop runs.
    pub fn run(&self) -> PathBuf {
        self.root.join("run")
    }

    /// What the supervisor is to run.
    pub fn desired(&self) -> PathBuf {
        self.run().join("desired.json")
    }

    /// What the supervisor runs.
    pub fn state(&self) -> PathBuf {
        self.run().join("supervisor.json")
    }

    /// The lock that says whether the supervisor lives.
    pub fn supervisor_lock(&self) -> PathBuf {
        self.run().join("supervisor.lock")
    }

    /// The directory of all logs.
    pub fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// The newest log file of a component.
    pub fn log(&self, component: Component) -> PathBuf {
        self.logs().join(format!("{component}.log"))
    }

    /// What the supervisor itself says.
    pub fn supervisor_log(&self) -> PathBuf {
        self.logs().join("supervisor.log")
    }
}
