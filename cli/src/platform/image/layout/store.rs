//! The blobs and the index on disk.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::blob::{Blob, Digesting, NewBlob, digest_of};
use super::canonical::canonical;
use super::layer::{Layer, pack};
use super::tree::Tree;
use crate::platform::Error;
use crate::platform::state::durable;

/// A blob that nothing names is removed when it is older than this: a build that goes on meanwhile has newer ones.
const SPARED: Duration = Duration::from_hours(1);

/// Images below one directory.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) root: PathBuf,
}

impl Store {
    /// The store below `root`, made if it is missing.
    pub fn open(root: &Path) -> Result<Self, Error> {
        let store = Self::at(root);
        durable::directory(&store.blobs(), 0o755, None)?;
        durable::directory(&store.root.join("remembered"), 0o755, None)?;
        let mark = store.root.join("oci-layout");
        if !mark.exists() {
            durable::write_for_now(&mark, LAYOUT)?;
        }
        Ok(store)
    }

    /// The store below `root` for those who only look.
    pub fn at(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    /// Where the blob is, if it is there.
    pub fn path(&self, blob: &Blob) -> PathBuf {
        self.blobs().join(blob.hexadecimal())
    }

    /// Whether the blob is there whole.
    pub fn has(&self, blob: &Blob) -> bool {
        fs::metadata(self.path(blob)).is_ok_and(|metadata| metadata.len() == blob.size)
    }

    /// The blob of that digest.
    pub fn read(&self, digest: &str) -> Result<Vec<u8>, Error> {
        let path = self.blobs().join(digest.trim_start_matches("sha256:"));
        let content = fs::read(&path).map_err(|source| Error::file("read", &path, source))?;
        if digest_of(&content) != digest {
            return Err(removed(&path));
        }
        Ok(content)
    }

    /// Makes sure, before the blob is passed on, that it still is what its name says. One that is not is removed, so that
    /// the next build makes it anew.
    pub fn examine(&self, blob: &Blob) -> Result<(), Error> {
        let path = self.path(blob);
        let unread = |source| Error::file("read", &path, source);
        let mut seen = Digesting::new(io::sink());
        let mut file = File::open(&path).map_err(unread)?;
        io::copy(&mut file, &mut seen).map_err(unread)?;
        if seen.finish().1 != *blob {
            return Err(removed(&path));
        }
        Ok(())
    }

    /// Adds a small blob.
    pub fn add(&self, content: &[u8]) -> Result<Blob, Error> {
        let blob = Blob::of(content);
        if !self.has(&blob) {
            durable::write(&self.path(&blob), content, 0o644, None)?;
        }
        Ok(blob)
    }

    /// The packed tree: the one that is there, else packed now.
    pub fn layer(&self, tree: &Tree) -> Result<Layer, Error> {
        let key = tree.key();
        let known: Option<Layer> = self.recall(&key);
        if let Some(layer) = known.filter(|layer| self.has(&layer.blob)) {
            return Ok(layer);
        }
        let failed = |source| Error::file("write", self.blobs(), source);
        let mut new = NewBlob::begin(&self.blobs(), &key).map_err(failed)?;
        let diff_id = pack(tree, &mut new)?;
        let blob = new.keep().map_err(failed)?;
        let layer = Layer { blob, diff_id };
        self.remember(&key, &layer)?;
        Ok(layer)
    }

    /// What was remembered under the key.
    pub fn recall<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        let text = fs::read(self.remembered(key)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Remembers under the key.
    pub fn remember(&self, key: &str, value: &impl Serialize) -> Result<(), Error> {
        durable::write_for_now(&self.remembered(key), &canonical(value))
    }

    /// Removes blobs that are not `needed` and not quite new. One that cannot be removed is tried again the next time.
    pub fn prune(&self, needed: impl Fn(&str) -> bool) {
        let entries = fs::read_dir(self.blobs()).into_iter().flatten().flatten();
        for entry in entries {
            let name = entry.file_name();
            let spared = needed(&format!("sha256:{}", name.to_string_lossy()));
            let age = entry.metadata().and_then(|metadata| age(&metadata));
            if !spared && age.is_ok_and(|age| age > SPARED) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Where hashes of files are remembered.
    pub fn hashes(&self) -> PathBuf {
        self.root.join("hashes.json")
    }

    /// Lets the next build hash every file again.
    pub fn forget_hashes(&self) {
        // Where they cannot be removed they cannot be used either, or are gone already.
        let _ = fs::remove_file(self.hashes());
    }

    fn blobs(&self) -> PathBuf {
        self.root.join("blobs/sha256")
    }

    fn remembered(&self, key: &str) -> PathBuf {
        self.root.join("remembered").join(key)
    }
}

/// The content of the file `oci-layout`.
pub const LAYOUT: &[u8] = br#"{"imageLayoutVersion":"1.0.0"}"#;

/// Removes a blob that is not what its name says; the error.
fn removed(path: &Path) -> Error {
    if let Err(source) = fs::remove_file(path) {
        return Error::file("remove", path, source);
    }
    Error::Prerequisite {
        what: format!("`{}` was damaged, and is removed", path.display()),
        cure: "run the same command again: what is missing is packed anew".to_owned(),
    }
}

fn age(metadata: &fs::Metadata) -> io::Result<Duration> {
    let changed = metadata.modified()?;
    Ok(SystemTime::now()
        .duration_since(changed)
        .unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::super::tree::Content;
    use super::*;

    fn store() -> (tempfile::TempDir, Store) {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("images")).unwrap();
        (directory, store)
    }

    #[test]
    fn a_layer_is_packed_once() {
        let (_directory, store) = store();
        let mut tree = Tree::default();
        tree.add("/a", Content::Bytes(b"1".to_vec()));
        let layer = store.layer(&tree).unwrap();
        let packed = fs::metadata(store.path(&layer.blob))
            .unwrap()
            .modified()
            .unwrap();
        assert_eq!(store.layer(&tree).unwrap(), layer);
        let again = fs::metadata(store.path(&layer.blob))
            .unwrap()
            .modified()
            .unwrap();
        assert_eq!(packed, again);
        fs::write(store.path(&layer.blob), "").unwrap();
        assert_eq!(
            store.layer(&tree).unwrap(),
            layer,
            "a damaged one is packed anew"
        );
        assert!(store.has(&layer.blob));
    }

    #[test]
    fn a_blob_that_is_not_what_its_name_says_is_removed_and_packed_anew() {
        let (_directory, store) = store();
        let mut tree = Tree::default();
        tree.add("/a", Content::Bytes(b"1".to_vec()));
        let layer = store.layer(&tree).unwrap();
        store.examine(&layer.blob).unwrap();
        let zeroes = vec![0; usize::try_from(layer.blob.size).unwrap()];
        fs::write(store.path(&layer.blob), zeroes).unwrap();
        let error = store.examine(&layer.blob).unwrap_err();
        assert!(error.to_string().ends_with("is removed"), "{error}");
        assert_eq!(store.layer(&tree).unwrap(), layer);
        store.examine(&layer.blob).unwrap();

        let small = store.add(b"small").unwrap();
        fs::write(store.path(&small), b"llams").unwrap();
        store.read(&small.digest).unwrap_err();
        assert!(!store.has(&small));
    }

    #[test]
    fn old_blobs_that_nobody_needs_go() {
        let (_directory, store) = store();
        let blobs = [b"old", b"new", b"req"].map(|content| store.add(content).unwrap());
        for blob in [&blobs[0], &blobs[2]] {
            let file = File::options().append(true).open(store.path(blob)).unwrap();
            file.set_modified(SystemTime::now() - SPARED * 2).unwrap();
        }
        store.prune(|digest| digest == blobs[2].digest);
        assert_eq!(blobs.map(|blob| store.has(&blob)), [false, true, true]);
    }
}
