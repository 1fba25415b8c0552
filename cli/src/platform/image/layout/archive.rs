//! One image as a file, for sites without a registry.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use oci_client::manifest::{ImageIndexEntry, OCI_IMAGE_MEDIA_TYPE};
use tar::{Builder, EntryType, Header};

use super::blob::Blob;
use super::canonical::canonical;
use super::store::{LAYOUT, Store, index};
use crate::platform::Error;

/// Writes an archive of the image `manifest` with these further blobs; `name` is what it is called when it is loaded.
pub fn archive(
    store: &Store,
    manifest: &Blob,
    blobs: &[Blob],
    name: &str,
    path: &Path,
) -> Result<(), Error> {
    let written = || -> io::Result<()> {
        let new = path.with_extension(format!("new-{}", std::process::id()));
        let mut archive = Builder::new(BufWriter::new(File::create(&new)?));
        small(&mut archive, "oci-layout", LAYOUT)?;
        small(
            &mut archive,
            "index.json",
            &canonical(&index(vec![entry(manifest, name)])),
        )?;
        let mut all: Vec<_> = blobs.iter().chain([manifest]).collect();
        all.sort_by(|left, right| left.digest.cmp(&right.digest));
        all.dedup();
        for blob in all {
            let mut header = header(blob.size);
            let place = format!("blobs/sha256/{}", blob.hexadecimal());
            archive.append_data(&mut header, place, File::open(store.path(blob))?)?;
        }
        archive.into_inner()?.flush()?;
        std::fs::rename(new, path)
    };
    written().map_err(|source| Error::file("write", path, source))
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
    archive.append_data(&mut header(content.len() as u64), path, content)
}

fn header(size: u64) -> Header {
    let mut header = Header::new_ustar();
    header.set_entry_type(EntryType::Regular);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header
}
