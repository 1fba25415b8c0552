//! Images that exist, here or in a registry.

use oci_client::manifest::OciImageManifest;

use super::layout::Store;
use crate::plan::Component;

/// The label that holds the service's name.
const TITLE: &str = "org.opencontainers.image.title";

/// An image that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The service.
    pub service: Component,
    /// Its tag.
    pub tag: String,
    /// The digest of its manifest.
    pub digest: String,
    /// What a machine downloads that has nothing of it yet, in bytes.
    pub size: u64,
}

/// The images in the store, the oldest build first.
pub fn built(store: &Store) -> Vec<Listed> {
    let builds = store.recorded().into_iter();
    let images = builds.flat_map(|build| {
        let digests = build.digests.into_iter();
        digests.map(move |digest| (build.tag.clone(), digest))
    });
    images
        .filter_map(|(tag, digest)| {
            let manifest = store.read(&digest).ok()?;
            let manifest: OciImageManifest = serde_json::from_slice(&manifest).ok()?;
            let service = Component::from_name(manifest.annotations.as_ref()?.get(TITLE)?)?;
            Some(Listed {
                service,
                tag,
                digest,
                size: size(&manifest),
            })
        })
        .collect()
}

/// The size of everything that the manifest names.
pub fn size(manifest: &OciImageManifest) -> u64 {
    let parts = manifest.layers.iter().chain([&manifest.config]);
    parts
        .map(|part| u64::try_from(part.size).unwrap_or_default())
        .sum()
}
