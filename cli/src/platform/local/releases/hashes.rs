//! Hashes of binaries, remembered by path, size and moment of change: hashing them all takes longer than `up` may.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::platform::Error;
use crate::platform::state::durable;

/// What a file looked like when it was hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Hashed {
    size: u64,
    /// Nanoseconds since the epoch.
    changed: i128,
    hash: String,
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
        let metadata = fs::metadata(path)?;
        let changed =
            i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(metadata.mtime_nsec());
        let same = |known: &&Hashed| known.size == metadata.size() && known.changed == changed;
        if let Some(known) = self.0.get(path).filter(same) {
            return Ok(known.clone());
        }
        Ok(Hashed {
            size: metadata.size(),
            changed,
            hash: hash(path)?,
        })
    }
}

/// The SHA-256 of a text in hexadecimal digits.
pub fn of_text(text: &[u8]) -> String {
    hexadecimal(&Sha256::digest(text))
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

/// The bytes in hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn the_empty_text_has_its_known_hash() {
        assert!(of_text(b"").starts_with("e3b0c44298fc1c149afbf4c8996fb924"));
    }

    #[test]
    fn a_change_is_seen_and_a_known_file_is_not_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("binary");
        let mut hashes = Hashes::default();
        fs::write(&path, "one").unwrap();
        let one = hashes.of(&path).unwrap();
        assert_eq!(one, of_text(b"one"));
        let changed = fs::metadata(&path).unwrap().modified().unwrap();
        fs::write(&path, "two").unwrap();
        set_modified(&path, changed);
        assert_eq!(hashes.of(&path).unwrap(), one);
        set_modified(&path, changed + Duration::from_nanos(1));
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
