//! The index: which builds there are.

use std::fs;

use oci_client::manifest::{ImageIndexEntry, OCI_IMAGE_INDEX_MEDIA_TYPE, OciImageIndex};

use super::blob::Blob;
use super::canonical::canonical;
use super::store::Store;
use crate::platform::Error;
use crate::platform::state::durable;

/// How many builds the index names, the newest last.
const KEPT: usize = 5;

/// The annotation that holds an entry's tag.
const TAG: &str = "org.opencontainers.image.ref.name";

/// A build that the index names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The tag that its images have in common.
    pub tag: String,
    /// The digests of its manifests.
    pub digests: Vec<String>,
}

impl Store {
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

    fn index(&self) -> OciImageIndex {
        let text = fs::read(self.root.join("index.json")).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_else(|_| index(Vec::new()))
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_names_the_last_few_builds_once_each() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
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
}
