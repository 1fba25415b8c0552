//! A directory of rendered manifests: only what was written by an earlier rendering is replaced.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Error;
use super::state::durable;
use crate::plan::hash::of_text;
use crate::plan::manifest::Manifest;

/// The file that says what an earlier rendering has written. Whoever applies a directory takes every `.json` in it for an
/// object, so it is not called that.
const INVENTORY: &str = ".shopctl-rendering";

/// The files may be read by everybody: they hold no secret.
const MODE: u32 = 0o644;

/// What a rendering has written: each file's path below the directory, and the hash of its content.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Inventory {
    schema: String,
    files: BTreeMap<String, String>,
}

/// What became of the files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// New, or with another content than before.
    pub changed: usize,
    /// As they were.
    pub unchanged: usize,
    /// No longer a part of the shop.
    pub removed: usize,
}

/// Makes the directory hold these manifests. Files that are not from an earlier rendering are neither replaced nor
/// removed; killed in the middle, it can be done again.
pub fn write(directory: &Path, manifests: &[Manifest]) -> Result<Written, Error> {
    let before = inventory(directory)?;
    let after = Inventory {
        schema: "shopctl.rendering/v1".to_owned(),
        files: manifests
            .iter()
            .map(|manifest| (manifest.path.clone(), of_text(manifest.yaml.as_bytes())))
            .collect(),
    };
    refuse_foreign(directory, &before, &after)?;
    make(directory)?;
    keep(directory, &under_way(&before, &after))?;
    let mut done = Written::default();
    for manifest in manifests {
        let path = directory.join(&manifest.path);
        if fs::read(&path).is_ok_and(|present| present == manifest.yaml.as_bytes()) {
            done.unchanged += 1;
            continue;
        }
        path.parent().map_or(Ok(()), make)?;
        durable::write(&path, manifest.yaml.as_bytes(), MODE, None)?;
        done.changed += 1;
    }
    for path in before
        .files
        .keys()
        .filter(|path| !after.files.contains_key(*path))
    {
        remove(directory, path)?;
        done.removed += 1;
    }
    keep(directory, &after)?;
    Ok(done)
}

fn make(directory: &Path) -> Result<(), Error> {
    fs::create_dir_all(directory).map_err(|source| Error::file("make", directory, source))
}

/// What counts as written here until all is done: both renderings, whichever files a killed process has left.
fn under_way(before: &Inventory, after: &Inventory) -> Inventory {
    let mut both = before.clone();
    both.schema.clone_from(&after.schema);
    for (path, hash) in &after.files {
        if before.files.get(path) != Some(hash) {
            both.files.insert(path.clone(), String::new());
        }
    }
    both
}

fn inventory(directory: &Path) -> Result<Inventory, Error> {
    let path = directory.join(INVENTORY);
    match fs::read(&path) {
        Ok(text) => serde_json::from_slice(&text).map_err(|error| Error::Damaged {
            path,
            cause: error.to_string(),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            refuse_filled(directory)?;
            Ok(Inventory::default())
        }
        Err(source) => Err(Error::file("read", path, source)),
    }
}

/// A directory that was filled by somebody else is left alone.
fn refuse_filled(directory: &Path) -> Result<(), Error> {
    let mut entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(Error::file("read", directory, source)),
    };
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(Error::Foreign {
            path: directory.to_owned(),
            cause: "it is not empty, and no rendering of shopctl is in it",
        }),
    }
}

/// A file that lies where one is to be written must be as an earlier rendering has left it.
fn refuse_foreign(directory: &Path, before: &Inventory, after: &Inventory) -> Result<(), Error> {
    for (path, wanted) in &after.files {
        let file = directory.join(path);
        let Ok(present) = fs::read(&file) else {
            continue;
        };
        let present = of_text(&present);
        let known = before.files.get(path);
        // An empty hash is a file that a killed process may or may not have written.
        let ours = known.is_some_and(|known| *known == present || known.is_empty());
        if !ours && present != *wanted {
            return Err(Error::Foreign {
                path: file,
                cause: "it is not as shopctl has written it",
            });
        }
    }
    Ok(())
}

fn keep(directory: &Path, inventory: &Inventory) -> Result<(), Error> {
    let path = directory.join(INVENTORY);
    let text = serde_json::to_vec_pretty(inventory)
        .map_err(|error| Error::file("write", &path, io::Error::other(error)))?;
    durable::write(&path, &text, MODE, None)
}

/// Removes a file of an earlier rendering, and the directories that are empty then.
fn remove(directory: &Path, path: &str) -> Result<(), Error> {
    let file: PathBuf = directory.join(path);
    match fs::remove_file(&file) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(source) => return Err(Error::file("remove", file, source)),
    }
    for parent in file
        .ancestors()
        .skip(1)
        .take_while(|parent| *parent != directory)
    {
        if fs::remove_dir(parent).is_err() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::manifest::Phase;

    fn manifest(path: &str, yaml: &str) -> Manifest {
        Manifest {
            path: path.to_owned(),
            phase: Phase::Services,
            component: "backend",
            kind: "Service".to_owned(),
            name: "backend".to_owned(),
            yaml: yaml.to_owned(),
        }
    }

    fn counts(changed: usize, unchanged: usize, removed: usize) -> Written {
        Written {
            changed,
            unchanged,
            removed,
        }
    }

    #[test]
    fn only_what_changed_is_written_and_what_is_gone_is_removed() {
        let place = tempfile::tempdir().unwrap();
        let directory = place.path().join("out");
        let first = [manifest("1/a/x.yaml", "x"), manifest("1/b/y.yaml", "y")];
        assert_eq!(write(&directory, &first).unwrap(), counts(2, 0, 0));
        fs::write(directory.join("kustomization.yaml"), "mine").unwrap();
        let second = [manifest("1/a/x.yaml", "other")];
        assert_eq!(write(&directory, &second).unwrap(), counts(1, 0, 1));
        assert_eq!(write(&directory, &second).unwrap(), counts(0, 1, 0));
        assert!(!directory.join("1/b").exists());
        assert!(directory.join("kustomization.yaml").exists());
    }

    #[test]
    fn what_is_not_its_own_is_left_alone() {
        let place = tempfile::tempdir().unwrap();
        let filled = place.path().join("filled");
        fs::create_dir(&filled).unwrap();
        fs::write(filled.join("mine"), "").unwrap();
        let one = [manifest("x.yaml", "x")];
        assert!(matches!(write(&filled, &one), Err(Error::Foreign { .. })));
        assert_eq!(fs::read_dir(&filled).unwrap().count(), 1);

        let edited = place.path().join("edited");
        write(&edited, &one).unwrap();
        fs::write(edited.join("x.yaml"), "by hand").unwrap();
        let two = [manifest("x.yaml", "y")];
        assert!(matches!(write(&edited, &two), Err(Error::Foreign { .. })));
        fs::write(edited.join("z.yaml"), "mine").unwrap();
        fs::remove_file(edited.join("x.yaml")).unwrap();
        let three = [manifest("z.yaml", "theirs")];
        assert!(matches!(write(&edited, &three), Err(Error::Foreign { .. })));
    }

    #[test]
    fn one_that_was_killed_in_the_middle_is_finished_by_the_next() {
        let place = tempfile::tempdir().unwrap();
        let one = [manifest("x.yaml", "x")];
        write(place.path(), &one).unwrap();
        let two = [manifest("x.yaml", "y"), manifest("z.yaml", "z")];
        let before = inventory(place.path()).unwrap();
        let files = two
            .iter()
            .map(|manifest| (manifest.path.clone(), of_text(manifest.yaml.as_bytes())));
        let after = Inventory {
            schema: before.schema.clone(),
            files: files.collect(),
        };
        keep(place.path(), &under_way(&before, &after)).unwrap();
        fs::write(place.path().join("x.yaml"), "y").unwrap();
        fs::write(place.path().join("z.yaml"), "half").unwrap();
        assert_eq!(write(place.path(), &two).unwrap(), counts(1, 1, 0));
    }
}
