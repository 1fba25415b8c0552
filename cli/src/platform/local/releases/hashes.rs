//! Hashes of binaries, remembered by path, size, moment of change and inode: hashing them all takes longer than `up` may.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use crate::plan::hash::{hexadecimal, of_text};
use crate::platform::Error;
use crate::platform::state::durable;

/// What a file looked like when it was hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Hashed {
    look: Look,
    hash: String,
}

/// What a change of the content changes as well. The content's own time alone does not do: whoever replaces a file may set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Look {
    size: u64,
    /// When the content changed, in nanoseconds since the epoch.
    modified: i128,
    /// When the content or anything about it changed, which nobody can set.
    changed: i128,
    inode: u64,
}

impl Look {
    fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        Ok(Self {
            size: metadata.size(),
            modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
        })
    }
}

fn nanoseconds(seconds: i64, rest: i64) -> i128 {
    i128::from(seconds) * 1_000_000_000 + i128::from(rest)
}

/// The hashes that are known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hashes(BTreeMap<PathBuf, Hashed>);

impl Hashes {
    /// The remembered hashes; none when they cannot be read.
    pub fn read(path: &Path) -> Self {
        fs::read(path)
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default()
    }

    /// Remembers them for the next call.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        durable::write_for_now(path, &serde_json::to_vec(self).unwrap_or_default())
    }

    /// The SHA-256 of the file in hexadecimal digits.
    pub fn of(&mut self, path: &Path) -> Result<String, Error> {
        let hashed = self
            .look(path)
            .map_err(|source| Error::file("read", path, source))?;
        let hash = hashed.hash.clone();
        self.0.insert(path.to_owned(), hashed);
        Ok(hash)
    }

    fn look(&self, path: &Path) -> io::Result<Hashed> {
        let look = Look::of(path)?;
        let known = self.0.get(path).filter(|known| known.look == look);
        if let Some(known) = known {
            return Ok(known.clone());
        }
        let hash = hash(path)?;
        Ok(Hashed { look, hash })
    }
}

fn hash(path: &Path) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match io::Read::read(&mut file, &mut buffer)? {
            0 => return Ok(hexadecimal(&digest.finalize())),
            length => digest.update(&buffer[..length]),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn a_known_file_is_not_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("binary");
        let mut hashes = Hashes::default();
        fs::write(&path, "one").unwrap();
        hashes.of(&path).unwrap();
        hashes.0.get_mut(&path).unwrap().hash = "known".to_owned();
        assert_eq!(hashes.of(&path).unwrap(), "known");
    }

    #[test]
    fn another_file_of_the_same_size_and_time_is_seen() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("binary");
        let mut hashes = Hashes::default();
        fs::write(&path, "one").unwrap();
        assert_eq!(hashes.of(&path).unwrap(), of_text(b"one"));
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        let new = directory.path().join("new");
        fs::write(&new, "two").unwrap();
        set_modified(&new, modified);
        fs::rename(&new, &path).unwrap();
        assert_eq!(hashes.of(&path).unwrap(), of_text(b"two"));
    }

    fn set_modified(path: &Path, at: SystemTime) {
        File::options()
            .write(true)
            .open(path)
            .unwrap()
            .set_modified(at)
            .unwrap();
    }

    #[test]
    fn they_survive_the_process() {
        let directory = tempfile::tempdir().unwrap();
        let (binary, cache) = (
            directory.path().join("binary"),
            directory.path().join("cache"),
        );
        fs::write(&binary, "one").unwrap();
        let mut hashes = Hashes::default();
        hashes.of(&binary).unwrap();
        hashes.write(&cache).unwrap();
        assert_eq!(Hashes::read(&cache), hashes);
    }
}
