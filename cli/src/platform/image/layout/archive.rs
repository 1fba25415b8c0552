//! One image as a file, for sites without a registry.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use oci_client::manifest::{ImageIndexEntry, OCI_IMAGE_MEDIA_TYPE};
use tar::{Builder, EntryType};

use super::blob::Blob;
use super::canonical::canonical;
use super::index::index;
use super::layer::header;
use super::store::{LAYOUT, Store};
use crate::platform::Error;

/// Writes an archive of the image `manifest` with these further blobs; `name` is what it is called when it is loaded.
pub fn archive(
    store: &Store,
    manifest: &Blob,
    blobs: &[Blob],
    name: &str,
    path: &Path,
) -> Result<(), Error> {
    for blob in blobs.iter().chain([manifest]) {
        store.examine(blob)?;
    }
    let new = path.with_extension(format!("new-{}", std::process::id()));
    let written = write(store, manifest, blobs, name, &new);
    written
        .and_then(|()| std::fs::rename(&new, path))
        .map_err(|source| {
            // Half an archive is of no use to anybody.
            let _ = std::fs::remove_file(&new);
            Error::file("write", path, source)
        })
}

fn write(
    store: &Store,
    manifest: &Blob,
    blobs: &[Blob],
    name: &str,
    path: &Path,
) -> io::Result<()> {
    let mut archive = Builder::new(BufWriter::new(File::create(path)?));
    small(&mut archive, "oci-layout", LAYOUT)?;
    let entry = entry(manifest, name);
    small(&mut archive, "index.json", &canonical(&index(vec![entry])))?;
    let mut all: Vec<_> = blobs.iter().chain([manifest]).collect();
    all.sort_by(|left, right| left.digest.cmp(&right.digest));
    all.dedup();
    for blob in all {
        let mut header = header(EntryType::Regular, blob.size, 0o644);
        let place = format!("blobs/sha256/{}", blob.hexadecimal());
        archive.append_data(&mut header, place, File::open(store.path(blob))?)?;
    }
    archive.into_inner()?.flush()
}

/// containerd reads the full name, everybody else the tag.
fn entry(manifest: &Blob, name: &str) -> ImageIndexEntry {
    let tag = name.rsplit_once(':').map_or("latest", |(_, tag)| tag);
    let annotations = [
        ("io.containerd.image.name", name),
        ("org.opencontainers.image.ref.name", tag),
    ];
    let annotations = annotations.map(|(key, value)| (key.to_owned(), value.to_owned()));
    ImageIndexEntry {
        media_type: OCI_IMAGE_MEDIA_TYPE.to_owned(),
        digest: manifest.digest.clone(),
        size: i64::try_from(manifest.size).unwrap_or(i64::MAX),
        platform: None,
        annotations: Some(annotations.into()),
        artifact_type: None,
    }
}

fn small<W: io::Write>(archive: &mut Builder<W>, path: &str, content: &[u8]) -> io::Result<()> {
    let mut header = header(EntryType::Regular, content.len() as u64, 0o644);
    archive.append_data(&mut header, path, content)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn an_archive_that_cannot_be_written_leaves_nothing_behind() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("images")).unwrap();
        let manifest = store.add(b"{}").unwrap();
        let exports = directory.path().join("exports");
        // A directory in its place cannot be replaced by a file.
        let path = exports.join("backend.tar");
        fs::create_dir_all(&path).unwrap();
        let error = archive(&store, &manifest, &[], "localhost/backend:1", &path).unwrap_err();
        assert!(error.to_string().starts_with("cannot write"), "{error}");
        assert_eq!(fs::read_dir(&exports).unwrap().count(), 1);
    }
}
