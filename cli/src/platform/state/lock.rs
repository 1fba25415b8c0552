//! Locks that end with the process that holds them. What is written in the file is only for people.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Seek as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::sleep;

use crate::platform::Error;
use crate::platform::process::identity::Identity;

/// How often, and how many times, a lock is tried whose holder is dead.
const GRACE_INTERVAL: Duration = Duration::from_millis(10);
const GRACE_ROUNDS: u32 = 300;

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The verb, such as `up`.
    pub operation: String,
    /// The process number.
    pub pid: u32,
    /// Since when, in RFC 3339.
    pub since: String,
}

impl Holder {
    /// This process.
    pub fn own(operation: &str) -> Self {
        let now = OffsetDateTime::now_utc();
        let now = now.replace_nanosecond(0).unwrap_or(now);
        Self {
            operation: operation.to_owned(),
            pid: std::process::id(),
            since: now.format(&Rfc3339).unwrap_or_default(),
        }
    }
}

impl std::fmt::Display for Holder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            operation,
            pid,
            since,
        } = self;
        write!(
            formatter,
            "`shopctl {operation}`, process {pid}, since {since}"
        )
    }
}

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    /// Closing it releases the lock.
    _file: File,
}

impl Lock {
    /// Takes the lock; none when somebody else has it.
    pub fn take(path: &Path, operation: &str) -> Result<Option<Self>, Error> {
        loop {
            let mut file = open(path).map_err(|source| Error::file("open", path, source))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(source)) => return Err(Error::file("lock", path, source)),
            }
            // Whoever deletes the data deletes the lock too; then this is a lock on nothing.
            if !is_the_file_at(&file, path) {
                continue;
            }
            // A full disk must not keep anybody from stopping the shop, and the text is only for people.
            let _ = describe(&mut file, operation);
            return Ok(Some(Self { _file: file }));
        }
    }

    /// Whether somebody holds the lock.
    pub fn is_held(path: &Path) -> bool {
        // A shared lock, so that two who look do not take each other for the holder.
        File::open(path)
            .is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Takes the lock, waiting for a moment unless its holder lives: the kernel may take its time to close the files of a
    /// process that was killed while it wrote, and whoever looks with [`Lock::is_held`] is in the way for an instant.
    pub async fn take_from_the_dead(path: &Path, operation: &str) -> Result<Option<Self>, Error> {
        for _ in 0..GRACE_ROUNDS {
            if let Some(lock) = Self::take(path, operation)? {
                return Ok(Some(lock));
            }
            let pid = read_holder(path).and_then(|holder| i32::try_from(holder.pid).ok());
            if pid.is_some_and(|pid| Identity::of(pid).is_some() && !Identity::is_dying(pid)) {
                break;
            }
            sleep(GRACE_INTERVAL).await;
        }
        Self::take(path, operation)
    }

    /// Who holds the lock, as far as can be told.
    pub fn holder(path: &Path) -> String {
        let holder = read_holder(path);
        holder.map_or_else(|| "another process".to_owned(), |holder| holder.to_string())
    }
}

fn read_holder(path: &Path) -> Option<Holder> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o644)
        .open(path)
}

fn is_the_file_at(file: &File, path: &Path) -> bool {
    let (Ok(held), Ok(named)) = (file.metadata(), path.metadata()) else {
        return false;
    };
    (held.dev(), held.ino()) == (named.dev(), named.ino())
}

fn describe(file: &mut File, operation: &str) -> io::Result<()> {
    let holder = serde_json::to_vec(&Holder::own(operation))?;
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(&holder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_holds_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let lock = Lock::take(&path, "up").unwrap().unwrap();
        assert!(Lock::take(&path, "down").unwrap().is_none());
        assert!(Lock::is_held(&path));
        let holder = Lock::holder(&path);
        let expected = format!("`shopctl up`, process {}, since ", std::process::id());
        assert!(holder.starts_with(&expected), "{holder}");
        drop(lock);
        assert!(!Lock::is_held(&path));
        assert!(Lock::take(&path, "down").unwrap().is_some());
    }

    #[test]
    fn stale_content_does_not_matter() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        std::fs::write(&path, r#"{"operation":"up","pid":1,"since":"yesterday"}"#).unwrap();
        assert!(!Lock::is_held(&path));
        assert!(Lock::take(&path, "up").unwrap().is_some());
    }

    #[tokio::test]
    async fn who_only_looks_is_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let dead = r#"{"operation":"supervise","pid":999999999,"since":"yesterday"}"#;
        for left in ["", dead] {
            std::fs::write(&path, left).unwrap();
            let looking = File::open(&path).unwrap();
            looking.lock_shared().unwrap();
            assert!(Lock::take(&path, "supervise").unwrap().is_none());
            let (taken, ()) = tokio::join!(Lock::take_from_the_dead(&path, "supervise"), async {
                sleep(2 * GRACE_INTERVAL).await;
                drop(looking);
            });
            assert!(taken.unwrap().is_some(), "{left}");
        }
    }

    #[test]
    fn rubbish_in_the_file_is_another_process() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        std::fs::write(&path, "rubbish").unwrap();
        assert_eq!(Lock::holder(&path), "another process");
    }

    #[test]
    fn a_removed_lock_is_made_anew() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let _first = Lock::take(&path, "down").unwrap().unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(Lock::take(&path, "up").unwrap().is_some());
    }
}
