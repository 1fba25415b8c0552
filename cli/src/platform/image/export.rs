//! Writes images as files, for sites without a registry.

use std::path::{Path, PathBuf};

use super::built::Build;
use super::layout::{Store, archive};
use crate::platform::Error;
use crate::platform::state::durable;

/// What images are called when they are loaded from a file.
const LOCAL: &str = "localhost/shopmicro";

/// Writes an archive and a bill of materials for each service into the directory; the archives.
pub fn export(build: &Build, store: &Store, directory: &Path) -> Result<Vec<PathBuf>, Error> {
    durable::directory(directory, 0o755, None)?;
    let archives = build.images.iter().map(|image| {
        let service = image.service;
        let path = directory.join(format!("{service}.tar"));
        let name = format!("{LOCAL}/{service}:{}", build.tag);
        archive(store, &image.manifest, &image.parts, &name, &path)?;
        if let Some(bill) = image.bill.first() {
            let bill = store.read(&bill.digest)?;
            durable::write_for_now(&directory.join(format!("{service}.cdx.json")), &bill)?;
        }
        Ok(path)
    });
    archives.collect()
}
