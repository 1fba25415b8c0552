//! One blob: its digest and size, and how it gets into the store.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::platform::local::hashes::{hexadecimal, of_text};
use crate::platform::state::durable;

/// Content by its digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Blob {
    /// `sha256:` and hexadecimal digits.
    pub digest: String,
    /// In bytes.
    pub size: u64,
}

impl Blob {
    /// What the content will be called.
    pub fn of(content: &[u8]) -> Self {
        Self {
            digest: digest_of(content),
            size: content.len() as u64,
        }
    }

    /// The digest without the name of its algorithm.
    pub fn hexadecimal(&self) -> &str {
        self.digest.trim_start_matches("sha256:")
    }
}

/// The digest of the content as images write it.
pub fn digest_of(content: &[u8]) -> String {
    format!("sha256:{}", of_text(content))
}

/// A writer that knows the digest of what went through it.
#[derive(Debug)]
pub struct Digesting<W> {
    inner: W,
    digest: Sha256,
    size: u64,
}

impl<W> Digesting<W> {
    /// Writes through to `inner`.
    pub fn new(inner: W) -> Self {
        Self {
            inner,
            digest: Sha256::new(),
            size: 0,
        }
    }

    /// The inner writer, and what went into it.
    pub fn finish(self) -> (W, Blob) {
        let digest = hexadecimal(&self.digest.finalize());
        let blob = Blob {
            digest: format!("sha256:{digest}"),
            size: self.size,
        };
        (self.inner, blob)
    }
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// A blob that is being written; gone when it is dropped before it is kept.
#[derive(Debug)]
pub struct NewBlob {
    path: PathBuf,
    writer: Option<Digesting<BufWriter<File>>>,
}

impl NewBlob {
    /// Begins one in the directory; `name` tells it from others of this process.
    pub fn begin(directory: &Path, name: &str) -> io::Result<Self> {
        let path = directory.join(format!(".new-{}-{name}", std::process::id()));
        let writer = Digesting::new(BufWriter::new(File::create(&path)?));
        Ok(Self {
            path,
            writer: Some(writer),
        })
    }

    /// Gives the blob its name, once it would survive a power cut: its size alone would not tell what is left of it.
    pub fn keep(mut self) -> io::Result<Blob> {
        let writer = self.writer.take();
        let (file, blob) = writer.ok_or(io::ErrorKind::BrokenPipe)?.finish();
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_data()?;
        let path = self.path.with_file_name(blob.hexadecimal());
        fs::rename(&self.path, &path)?;
        durable::sync_parent(&path)?;
        Ok(blob)
    }
}

impl Write for NewBlob {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let writer = self.writer.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for NewBlob {
    fn drop(&mut self) {
        // It is gone when it was kept.
        let _ = fs::remove_file(&self.path);
    }
}
