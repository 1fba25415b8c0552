//! What a build comes to.

use super::layout::{Blob, digest_of};
use crate::plan::Component;

/// One service's image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The service.
    pub service: Component,
    /// The digest of its manifest, which is what Kubernetes is told.
    pub digest: String,
    /// What a machine downloads that has nothing of it yet, in bytes.
    pub size: u64,
    /// Whether the program in it was linked statically.
    pub is_static: bool,
    /// Its manifest.
    pub(super) manifest: Blob,
    /// Configuration and layers, the shared ones first.
    pub(super) parts: Vec<Blob>,
    /// The manifest that attaches the bill of materials.
    pub(super) referrer: Blob,
    /// What that manifest names.
    pub(super) bill: Vec<Blob>,
}

impl Built {
    /// The image as a manifest of Kubernetes names it; `registry` is such as `registry.example.com/shopmicro`.
    pub fn reference(&self, registry: &str) -> String {
        format!("{registry}/{}@{}", self.service, self.digest)
    }

    /// The digest of its bill of materials.
    pub fn bill_of_materials(&self) -> Option<&str> {
        self.bill.first().map(|blob| blob.digest.as_str())
    }
}

/// The images of all services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    /// A name for all of them together, from their content. For people: manifests name digests.
    pub tag: String,
    /// One for each service, in the order of starting.
    pub images: Vec<Built>,
}

impl Build {
    /// The build of these images.
    pub fn of(images: Vec<Built>) -> Self {
        let digests: Vec<_> = images.iter().map(|image| image.digest.as_str()).collect();
        let digest = digest_of(digests.join("\n").as_bytes());
        let tag = digest.trim_start_matches("sha256:")[..12].to_owned();
        Self { tag, images }
    }
}
