//! Files that are there whole or not at all, whatever ends the process or fills the disk.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::ops::Not as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::thread;

use crate::platform::Error;
use crate::platform::process::account::Account;

/// Writes the file through a neighbour that is synced and renamed. `mode` are its permission bits.
pub fn write(path: &Path, content: &[u8], mode: u32, owner: Option<&Account>) -> Result<(), Error> {
    replace(path, content, mode, owner)?;
    sync_parent(path).map_err(|source| Error::file("write", path, source))
}

/// Writes the files, which are in one directory, unless they have that content already.
///
/// They are written at the same time: a disk that is asked once to make many files last is as quick as with one.
pub fn write_changed(
    files: &[(PathBuf, Vec<u8>)],
    mode: u32,
    owner: Option<&Account>,
) -> Result<(), Error> {
    let is_changed = |(path, content): &&(PathBuf, Vec<u8>)| {
        fs::read(path)
            .is_ok_and(|present| present == *content)
            .not()
    };
    let changed: Vec<_> = files.iter().filter(is_changed).collect();
    let Some((first, _)) = changed.first() else {
        return Ok(());
    };
    thread::scope(|scope| {
        let write = |(path, content): &'_ &(PathBuf, Vec<u8>)| replace(path, content, mode, owner);
        let writes: Vec<_> = changed
            .iter()
            .map(|file| scope.spawn(move || write(file)))
            .collect();
        writes
            .into_iter()
            .try_for_each(|write| write.join().unwrap_or(Ok(())))
    })?;
    sync_parent(first).map_err(|source| Error::file("write", first, source))
}

/// Writes the file without making it last: for what is only true as long as the machine runs.
pub fn write_for_now(path: &Path, content: &[u8]) -> Result<(), Error> {
    let neighbour = neighbour(path);
    fs::write(&neighbour, content)
        .and_then(|()| fs::rename(&neighbour, path))
        .map_err(|source| {
            let _ = fs::remove_file(&neighbour);
            Error::file("write", path, source)
        })
}

fn replace(path: &Path, content: &[u8], mode: u32, owner: Option<&Account>) -> Result<(), Error> {
    let neighbour = neighbour(path);
    write_whole(&neighbour, content, mode, owner)
        .and_then(|()| fs::rename(&neighbour, path))
        .map_err(|source| {
            let _ = fs::remove_file(&neighbour);
            Error::file("write", path, source)
        })
}

/// Makes the directory if it is missing and gives it the mode and the owner in any case.
pub fn directory(path: &Path, mode: u32, owner: Option<&Account>) -> Result<(), Error> {
    let created = DirBuilder::new().recursive(true).mode(mode).create(path);
    created
        .and_then(|()| fs::set_permissions(path, Permissions::from_mode(mode)))
        .and_then(|()| owner.map_or(Ok(()), |account| account.own(path)))
        .map_err(|source| Error::file("make", path, source))
}

/// Makes the names in the file's directory last.
pub fn sync_parent(path: &Path) -> io::Result<()> {
    let parent = path.parent().unwrap_or(Path::new("/"));
    File::open(parent)?.sync_all()
}

/// Removes a directory with everything in it; one that is gone is no error.
///
/// Processes that are about to end may still make files in it, therefore it tries more than once.
pub fn remove_directory(path: &Path) -> Result<(), Error> {
    let mut result = Ok(());
    for _ in 0..5 {
        result = match fs::remove_dir_all(path) {
            Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        };
        if result.is_ok() {
            break;
        }
    }
    result.map_err(|source| Error::file("remove", path, source))
}

fn write_whole(path: &Path, content: &[u8], mode: u32, owner: Option<&Account>) -> io::Result<()> {
    // Left behind by a process that was killed; `create_new` below never follows a link.
    let _ = fs::remove_file(path);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)?;
    file.write_all(content)?;
    if let Some(account) = owner {
        account.own(path)?;
    }
    file.sync_all()
}

fn neighbour(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".new-{}", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_with_its_mode() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secret");
        write(&path, b"one", 0o600, None).unwrap();
        write(&path, b"two", 0o600, None).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_same_content_is_not_written_again() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ports");
        write(&path, b"one", 0o600, None).unwrap();
        let before = path.metadata().unwrap().modified().unwrap();
        let other = directory.path().join("other");
        let files = [
            (path.clone(), b"one".to_vec()),
            (other.clone(), b"two".to_vec()),
        ];
        write_changed(&files, 0o600, None).unwrap();
        assert_eq!(path.metadata().unwrap().modified().unwrap(), before);
        assert_eq!(fs::read(other).unwrap(), b"two");
    }

    #[test]
    fn a_failure_names_the_file() {
        let error = write(Path::new("/nowhere/at/all"), b"", 0o600, None).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("cannot write `/nowhere/at/all`"),
            "{error}"
        );
    }

    #[test]
    fn removing_what_is_gone_is_no_error() {
        let directory = tempfile::tempdir().unwrap();
        remove_directory(&directory.path().join("gone")).unwrap();
    }
}
