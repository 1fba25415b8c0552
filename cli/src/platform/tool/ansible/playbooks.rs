//! The playbooks that are a part of this program.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use include_dir::{Dir, DirEntry, File, include_dir};
use sha2::{Digest as _, Sha256};

use crate::platform::Error;
use crate::platform::state::durable;

/// The directory `ansible` of the repository, as it was when this program was built.
static PLAYBOOKS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../ansible");

/// Unpacks the playbooks into a directory that is named by their content; its path.
///
/// The directory appears whole or not at all, so one that is there needs no second look.
pub fn unpack(place: &Path) -> Result<PathBuf, Error> {
    let files = files();
    let directory = place.join(hash(&files));
    if directory.exists() {
        return Ok(directory);
    }
    durable::directory(place, 0o700, None)?;
    let unfinished = place.join(format!(".new-{}", std::process::id()));
    durable::remove_directory(&unfinished)?;
    for file in &files {
        let path = unfinished.join(file.path());
        let parent = path.parent().unwrap_or(&unfinished);
        fs::create_dir_all(parent)
            .and_then(|()| fs::write(&path, file.contents()))
            .map_err(|source| Error::file("write", &path, source))?;
    }
    if let Err(source) = fs::rename(&unfinished, &directory) {
        durable::remove_directory(&unfinished)?;
        // Another call has been faster.
        if !directory.exists() {
            return Err(Error::file("make", &directory, source));
        }
    }
    Ok(directory)
}

/// Every file in the order of paths, without what tools leave behind in a checkout.
fn files() -> Vec<&'static File<'static>> {
    let mut files = Vec::new();
    collect(&PLAYBOOKS, &mut files);
    files.sort_by_key(|file| file.path());
    files
}

fn collect(directory: &'static Dir<'static>, files: &mut Vec<&'static File<'static>>) {
    for entry in directory.entries() {
        match entry {
            DirEntry::Dir(directory) if !is_left_behind(directory.path()) => {
                collect(directory, files);
            }
            DirEntry::File(file) if !is_left_behind(file.path()) => files.push(file),
            _ => {}
        }
    }
}

fn is_left_behind(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name == "__pycache__" || name == ".ansible" || name == ".pytest_cache"
}

fn hash(files: &[&File<'_>]) -> String {
    let mut hasher = Sha256::new();
    for file in files {
        hasher.update(file.path().as_os_str().as_encoded_bytes());
        hasher.update([0]);
        hasher.update((file.contents().len() as u64).to_le_bytes());
        hasher.update(file.contents());
    }
    let digest = hasher.finalize();
    let mut name = String::new();
    for byte in digest.iter().take(6) {
        // Writing into a string cannot fail.
        let _ = write!(name, "{byte:02x}");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpacked_twice_is_unpacked_once() {
        let directory = tempfile::tempdir().unwrap();
        let first = unpack(directory.path()).unwrap();
        assert_eq!(unpack(directory.path()).unwrap(), first);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_content_names_the_directory() {
        let (one, two) = (File::new("a", b"1"), File::new("a", b"2"));
        assert_ne!(hash(&[&one]), hash(&[&two]));
        assert_eq!(hash(&[&one]).len(), 12);
    }
}
