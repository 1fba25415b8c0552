//! Packs a tree into a layer. The same tree gives the same bytes, whenever and wherever that happens.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use flate2::{Compression, GzBuilder};
use serde::{Deserialize, Serialize};
use tar::{Builder, EntryType, Header};

use super::blob::{Blob, Digesting};
use super::tree::{Content, Node, Tree};
use crate::platform::Error;

/// The gzip header's value for an unknown system.
const UNKNOWN_SYSTEM: u8 = 255;

/// A packed layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// The compressed layer.
    pub blob: Blob,
    /// The digest of the layer before it was compressed.
    pub diff_id: String,
}

/// Writes the packed tree; the digest of the tar archive inside.
pub fn pack(tree: &Tree, output: impl Write) -> Result<String, Error> {
    let compressed = GzBuilder::new()
        .mtime(0)
        .operating_system(UNKNOWN_SYSTEM)
        .write(output, Compression::new(6));
    let mut archive = Builder::new(Digesting::new(compressed));
    for directory in tree.directories() {
        let mut header = header(EntryType::Directory, 0, 0o755);
        let appended = archive.append_data(&mut header, directory, io::empty());
        appended.map_err(|source| Error::file("pack", directory, source))?;
    }
    for (path, node) in tree.files() {
        append(&mut archive, path, node)?;
    }
    let finished = || -> io::Result<String> {
        let (compressed, tar) = archive.into_inner()?.finish();
        compressed.finish()?.flush()?;
        Ok(tar.digest)
    };
    finished().map_err(|source| Error::file("pack", "layer", source))
}

fn append<W: Write>(archive: &mut Builder<W>, path: &str, node: &Node) -> Result<(), Error> {
    match &node.content {
        Content::Bytes(bytes) => {
            let mut header = header(EntryType::Regular, bytes.len() as u64, node.mode);
            let appended = archive.append_data(&mut header, path, bytes.as_slice());
            appended.map_err(|source| Error::file("pack", path, source))
        }
        Content::File { path: from, hash } => {
            let packed = append_file(archive, path, from, node.mode);
            if packed.map_err(|source| Error::file("pack", from, source))? == *hash {
                return Ok(());
            }
            Err(Error::Prerequisite {
                what: format!("`{}` was replaced while it was packed", from.display()),
                cure: "run the same command again".to_owned(),
            })
        }
    }
}

/// The SHA-256 of what was packed.
fn append_file<W: Write>(
    archive: &mut Builder<W>,
    path: &str,
    from: &Path,
    mode: u32,
) -> io::Result<String> {
    let file = File::open(from)?;
    let size = file.metadata()?.len();
    let mut seen = Digesting::new(io::sink());
    let mut header = header(EntryType::Regular, size, mode);
    let reader = Tee {
        reader: file.take(size),
        seen: &mut seen,
    };
    archive.append_data(&mut header, path, reader)?;
    let (_, blob) = seen.finish();
    Ok(blob.hexadecimal().to_owned())
}

/// Nobody's name, the epoch's time, root's number: nothing of this machine.
pub(super) fn header(kind: EntryType, size: u64, mode: u32) -> Header {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header
}

struct Tee<'a, R> {
    reader: R,
    seen: &'a mut Digesting<io::Sink>,
}

impl<R: Read> Read for Tee<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        self.seen.write_all(&buffer[..length])?;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    use flate2::read::GzDecoder;

    use super::*;
    use crate::platform::local::hashes::of_text;

    fn packed(file: &Path) -> (Vec<u8>, String) {
        let mut tree = Tree::default();
        let hash = of_text(b"program");
        let path = file.to_owned();
        tree.add_executable("/usr/local/bin/program", Content::File { path, hash });
        tree.add("/etc/passwd", Content::Bytes(b"root\n".to_vec()));
        let mut bytes = Vec::new();
        let digest = pack(&tree, &mut bytes).unwrap();
        (bytes, digest)
    }

    #[test]
    fn place_mode_and_age_of_a_file_do_not_matter() {
        let directory = tempfile::tempdir().unwrap();
        let (one, two) = (directory.path().join("one"), directory.path().join("two"));
        fs::write(&one, "program").unwrap();
        fs::write(&two, "program").unwrap();
        fs::set_permissions(&two, Permissions::from_mode(0o600)).unwrap();
        let old = std::time::SystemTime::UNIX_EPOCH;
        File::options()
            .append(true)
            .open(&two)
            .unwrap()
            .set_modified(old)
            .unwrap();
        assert_eq!(packed(&one), packed(&two));
    }

    #[test]
    fn the_archive_holds_nothing_of_this_machine() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("program");
        fs::write(&file, "program").unwrap();
        let (bytes, _) = packed(&file);
        let mut archive = tar::Archive::new(GzDecoder::new(bytes.as_slice()));
        let entries = archive.entries().unwrap().map(|entry| {
            let entry = entry.unwrap();
            let header = entry.header();
            let owner = (header.uid().unwrap(), header.gid().unwrap());
            assert_eq!((owner, header.mtime().unwrap()), ((0, 0), 0));
            let path = entry.path().unwrap().display().to_string();
            format!("{:o} {path}", header.mode().unwrap())
        });
        assert_eq!(
            entries.collect::<Vec<_>>(),
            [
                "755 etc/",
                "755 usr/",
                "755 usr/local/",
                "755 usr/local/bin/",
                "644 etc/passwd",
                "755 usr/local/bin/program"
            ]
        );
    }

    #[test]
    fn a_file_that_changes_meanwhile_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("program");
        fs::write(&path, "another").unwrap();
        let mut tree = Tree::default();
        let hash = of_text(b"program");
        tree.add("/a", Content::File { path, hash });
        let error = pack(&tree, io::sink()).unwrap_err();
        assert!(error.to_string().contains("was replaced"), "{error}");
    }
}
