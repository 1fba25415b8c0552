//! The blobs and the index on disk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use oci_client::manifest::{ImageIndexEntry, OCI_IMAGE_INDEX_MEDIA_TYPE, OciImageIndex};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::blob::{Blob, NewBlob};
use super::canonical::canonical;
use super::layer::{Layer, pack};
use super::tree::Tree;
use crate::platform::Error;
use crate::platform::state::durable;

/// How many builds the index names, the newest last.
const KEPT: usize = 5;

/// A blob that nothing names is removed when it is older than this: a build that goes on meanwhile has newer ones.
const SPARED: Duration = Duration::from_hours(1);

/// The annotation that holds an entry's tag.
const TAG: &str = "org.opencontainers.image.ref.name";

/// Images below one directory.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
}

/// A build that the index names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The tag that its images have in common.
    pub tag: String,
    /// The digests of its manifests.
    pub digests: Vec<String>,
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
        fs::read(&path).map_err(|source| Error::file("read", path, source))
    }

    /// Adds a small blob.
    pub fn add(&self, content: &[u8]) -> Result<Blob, Error> {
        let blob = Blob::of(content);
        if !self.has(&blob) {
            durable::write_for_now(&self.path(&blob), content)?;
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

    /// Names the build in the index, as the newest, and forgets very old ones.
    pub fn record(&self, tag: &str, images: &[Blob], media_type: &str) -> Result<(), Error> {
        let mut entries = self.index().manifests;
        entries.retain(|entry| tag_of(entry) != Some(tag));
        let entry = |blob: &Blob| ImageIndexEntry {
            media_type: media_type.to_owned(),
            digest: blob.digest.clone(),
            size: i64::try_from(blob.size).unwrap_or(i64::MAX),
            platform: None,
            annotations: Some([(TAG.to_owned(), tag.to_owned())].into()),
            artifact_type: None,
        };
        entries.extend(images.iter().map(entry));
        let old = entries.len().saturating_sub(KEPT * images.len());
        entries.drain(..old);
        durable::write_for_now(&self.root.join("index.json"), &canonical(&index(entries)))
    }

    /// The builds that the index names, the oldest first.
    pub fn recorded(&self) -> Vec<Recorded> {
        let mut builds: Vec<Recorded> = Vec::new();
        for entry in self.index().manifests {
            let tag = tag_of(&entry).unwrap_or_default().to_owned();
            match builds.last_mut().filter(|build| build.tag == tag) {
                Some(build) => build.digests.push(entry.digest),
                None => builds.push(Recorded {
                    tag,
                    digests: vec![entry.digest],
                }),
            }
        }
        builds
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

    fn index(&self) -> OciImageIndex {
        let text = fs::read(self.root.join("index.json")).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_else(|_| index(Vec::new()))
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

/// An index of these entries.
pub fn index(manifests: Vec<ImageIndexEntry>) -> OciImageIndex {
    OciImageIndex {
        schema_version: 2,
        media_type: Some(OCI_IMAGE_INDEX_MEDIA_TYPE.to_owned()),
        manifests,
        artifact_type: None,
        annotations: None,
    }
}

fn tag_of(entry: &ImageIndexEntry) -> Option<&str> {
    entry.annotations.as_ref()?.get(TAG).map(String::as_str)
}

fn age(metadata: &fs::Metadata) -> io::Result<Duration> {
    let changed = metadata.modified()?;
    Ok(SystemTime::now()
        .duration_since(changed)
        .unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::fs::File;

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
    fn the_index_names_the_last_few_builds_once_each() {
        let (_directory, store) = store();
        let build = |number: u8| [Blob::of(&[number, 0]), Blob::of(&[number, 1])];
        for number in [0, 1, 2, 3, 4, 5, 6, 3] {
            store
                .record(&number.to_string(), &build(number), "m")
                .unwrap();
        }
        let builds = store.recorded();
        let tags: Vec<_> = builds.iter().map(|build| build.tag.as_str()).collect();
        assert_eq!(tags, ["1", "2", "4", "5", "6", "3"][1..]);
        assert_eq!(builds[0].digests.len(), 2);
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
