//! An image as a container runtime would lay it out.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde_json::Value;
use tempfile::TempDir;

use crate::shopctl::Shopctl;

/// The files of one image below a directory, and its configuration.
#[derive(Debug)]
pub struct Unpacked {
    directory: TempDir,
    /// The image configuration.
    pub configuration: Value,
}

impl Unpacked {
    /// Builds the images into archives and unpacks that of the service.
    pub fn of(shopctl: &Shopctl, service: &str) -> Self {
        let ended = shopctl.run(&["image", "build", "--image-archive", "archives"]);
        assert_eq!(ended.code, Some(0), "{}", ended.snapshot());
        let archive = shopctl.directory().join(format!("archives/{service}.tar"));
        let layout = shopctl.directory().join(format!("layout-{service}"));
        tar::Archive::new(File::open(archive).unwrap())
            .unpack(&layout)
            .unwrap();
        let index = read(&layout.join("index.json"));
        let manifest = read(&blob(&layout, &index["manifests"][0]));
        let directory = tempfile::tempdir().unwrap();
        for layer in manifest["layers"].as_array().unwrap() {
            let layer = GzDecoder::new(File::open(blob(&layout, layer)).unwrap());
            tar::Archive::new(layer).unpack(directory.path()).unwrap();
        }
        Self {
            configuration: read(&blob(&layout, &manifest["config"])),
            directory,
        }
    }

    /// Where `/` is.
    pub fn root(&self) -> &Path {
        self.directory.path()
    }

    /// Every file's path from `/`, sorted.
    pub fn files(&self) -> Vec<String> {
        let entries = walkdir::WalkDir::new(self.root())
            .into_iter()
            .map(Result::unwrap);
        let files = entries.filter(|entry| !entry.file_type().is_dir());
        let mut files: Vec<_> = files
            .map(|entry| {
                format!(
                    "/{}",
                    entry.path().strip_prefix(self.root()).unwrap().display()
                )
            })
            .collect();
        files.sort();
        files
    }
}

fn blob(layout: &Path, descriptor: &Value) -> PathBuf {
    let digest = descriptor["digest"].as_str().unwrap();
    layout.join("blobs").join(digest.replace(':', "/"))
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}
