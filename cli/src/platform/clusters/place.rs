//! The directory of one cluster.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::plan::ClusterName;
use crate::platform::state::durable;
use crate::platform::state::lock::Lock;
use crate::platform::state::open_journal::OpenJournal;
use crate::platform::{Error, Journal};

/// Beyond this many bytes the log starts anew, and the one before is kept beside it.
const LOG_LIMIT: u64 = 8 * 1024 * 1024;

/// Where everything about one cluster lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    state_dir: PathBuf,
    name: ClusterName,
}

impl Place {
    /// The place of the cluster of that name.
    pub fn new(state_dir: &Path, name: ClusterName) -> Self {
        Self {
            state_dir: state_dir.to_owned(),
            name,
        }
    }

    /// The place of the cluster that `--target ec2` talks to; none when there is none.
    pub fn current(state_dir: &Path) -> Option<Self> {
        let text = fs::read_to_string(current(state_dir)).ok()?;
        let name = ClusterName::parse(text.trim()).ok()?;
        Some(Self::new(state_dir, name))
    }

    /// The cluster's name.
    pub fn name(&self) -> &ClusterName {
        &self.name
    }

    /// Where the playbooks are unpacked.
    pub fn playbooks(&self) -> PathBuf {
        self.state_dir.join("ansible")
    }

    /// The way into the cluster; only for the operator's eyes.
    pub fn kubeconfig(&self) -> PathBuf {
        self.file("kubeconfig")
    }

    /// Everything that Ansible has printed.
    pub fn log(&self) -> PathBuf {
        self.file("ansible.log")
    }

    /// Where Ansible tells what happens.
    pub fn events(&self) -> PathBuf {
        self.file("events")
    }

    /// What `shopctl` tells the playbooks.
    pub fn extra_vars(&self) -> PathBuf {
        self.file("extra-vars.json")
    }

    /// Takes the lock that admits one operation at a time and opens the journal.
    pub async fn begin(&self, operation: &str) -> Result<Box<dyn Journal>, Error> {
        durable::directory(&self.directory(), 0o700, None)?;
        let path = self.file("lock");
        let taken = Lock::take_from_the_dead(&path, operation).await?;
        let lock = taken.ok_or_else(|| Error::Locked {
            place: self.directory().display().to_string(),
            holder: Lock::holder(&path),
        })?;
        let journal = OpenJournal::open(&self.file("journal.jsonl"), operation, lock)?;
        Ok(Box::new(journal))
    }

    /// Keeps a copy of the inventory that the cluster was last made from.
    pub fn remember_inventory(&self, inventory: &Path) -> Result<(), Error> {
        // A directory or a program is an inventory too; then its path in the journal has to do.
        let Ok(text) = fs::read(inventory) else {
            return Ok(());
        };
        durable::write(&self.file("inventory.yaml"), &text, 0o600, None)
    }

    /// Opens the log for what comes now, under a heading, and says where that begins.
    pub fn open_log(&self, heading: &str) -> Result<(fs::File, u64), Error> {
        let path = self.log();
        let open = || -> io::Result<(fs::File, u64)> {
            if path.metadata().is_ok_and(|log| log.len() > LOG_LIMIT) {
                fs::rename(&path, path.with_extension("log.1"))?;
            }
            let mut options = OpenOptions::new();
            let mut file = options.append(true).create(true).mode(0o600).open(&path)?;
            writeln!(file, "\n=== {heading}")?;
            let start = file.metadata()?.len();
            Ok((file, start))
        };
        open().map_err(|source| Error::file("write", &path, source))
    }

    /// Makes the kubeconfig readable for nobody else, and fails if there is none.
    pub fn guard_kubeconfig(&self) -> Result<(), Error> {
        let path = self.kubeconfig();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))
            .map_err(|source| Error::file("guard", &path, source))
    }

    /// From now on `--target ec2` talks to this cluster.
    pub fn make_current(&self) -> Result<(), Error> {
        let text = format!("{}\n", self.name);
        durable::write(&current(&self.state_dir), text.as_bytes(), 0o600, None)
    }

    /// Removes the way into the cluster. The log and the journal stay.
    pub fn forget(&self) -> Result<(), Error> {
        if Self::current(&self.state_dir).as_ref() == Some(self) {
            remove(&current(&self.state_dir))?;
        }
        for file in [self.kubeconfig(), self.extra_vars()] {
            remove(&file)?;
        }
        Ok(())
    }

    fn directory(&self) -> PathBuf {
        self.state_dir.join("clusters").join(self.name.as_str())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory().join(name)
    }
}

fn current(state_dir: &Path) -> PathBuf {
    state_dir.join("current-cluster")
}

/// Removes a file; one that is gone is no error.
fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(Error::file("remove", path, source))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(state_dir: &Path, name: &str) -> Place {
        let place = Place::new(state_dir, ClusterName::parse(name).unwrap());
        fs::create_dir_all(place.directory()).unwrap();
        place
    }

    #[test]
    fn the_current_cluster_is_forgotten_with_its_own_end_only() {
        let directory = tempfile::tempdir().unwrap();
        let (one, two) = (
            place(directory.path(), "one"),
            place(directory.path(), "two"),
        );
        assert_eq!(Place::current(directory.path()), None);
        two.make_current().unwrap();
        one.forget().unwrap();
        assert_eq!(Place::current(directory.path()), Some(two.clone()));
        two.forget().unwrap();
        assert_eq!(Place::current(directory.path()), None);
    }

    #[test]
    fn the_kubeconfig_is_guarded() {
        let directory = tempfile::tempdir().unwrap();
        let place = place(directory.path(), "one");
        assert!(place.guard_kubeconfig().is_err());
        fs::write(place.kubeconfig(), "").unwrap();
        place.guard_kubeconfig().unwrap();
        let mode = place.kubeconfig().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn the_log_of_one_run_begins_after_its_heading() {
        let directory = tempfile::tempdir().unwrap();
        let place = place(directory.path(), "one");
        let (mut file, first) = place.open_log("first").unwrap();
        writeln!(file, "said").unwrap();
        let (_, second) = place.open_log("second").unwrap();
        let text = fs::read_to_string(place.log()).unwrap();
        assert_eq!(&text[usize::try_from(first).unwrap()..][..5], "said\n");
        assert_eq!(text.len(), usize::try_from(second).unwrap());
    }
}
