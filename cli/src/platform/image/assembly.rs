//! Manifests: from layers to an image, and from a bill of materials to what is attached to an image.

use std::collections::BTreeMap;

use oci_client::manifest::{
    IMAGE_CONFIG_MEDIA_TYPE, IMAGE_LAYER_GZIP_MEDIA_TYPE, OCI_IMAGE_MEDIA_TYPE, OciDescriptor,
    OciImageManifest,
};

use super::bill;
use super::built::Built;
use super::configuration::{configuration, labels};
use super::layout::{Blob, Layer, Store, canonical};
use super::recipe::Recipe;
use crate::platform::Error;

/// The configuration of what has none.
const EMPTY: &[u8] = b"{}";
const EMPTY_MEDIA_TYPE: &str = "application/vnd.oci.empty.v1+json";

/// Puts the image together from its layers and its bill of materials.
pub fn assemble(
    store: &Store,
    recipe: &Recipe,
    layers: &[Layer],
    bill: &Blob,
) -> Result<Built, Error> {
    let service = recipe.service;
    let settings = configuration(service, recipe.architecture, layers);
    let settings = store.add(&canonical(&settings))?;
    let manifest = OciImageManifest {
        media_type: Some(OCI_IMAGE_MEDIA_TYPE.to_owned()),
        config: descriptor(IMAGE_CONFIG_MEDIA_TYPE, &settings),
        layers: layers
            .iter()
            .map(|layer| descriptor(IMAGE_LAYER_GZIP_MEDIA_TYPE, &layer.blob))
            .collect(),
        annotations: Some(labels(service)),
        ..OciImageManifest::default()
    };
    let manifest = store.add(&canonical(&manifest))?;
    let empty = store.add(EMPTY)?;
    let referrer = store.add(&canonical(&referrer(&manifest, &empty, bill)))?;
    let mut parts: Vec<_> = layers.iter().map(|layer| layer.blob.clone()).collect();
    parts.push(settings);
    Ok(Built {
        service,
        digest: manifest.digest.clone(),
        size: parts.iter().map(|part| part.size).sum(),
        is_static: recipe.is_static,
        manifest,
        parts,
        referrer,
        bill: vec![bill.clone(), empty],
    })
}

/// The manifest by which a registry knows whose bill of materials this is.
fn referrer(subject: &Blob, empty: &Blob, bill: &Blob) -> OciImageManifest {
    let title = BTreeMap::from([(
        "org.opencontainers.image.title".to_owned(),
        "bill-of-materials.cdx.json".to_owned(),
    )]);
    OciImageManifest {
        media_type: Some(OCI_IMAGE_MEDIA_TYPE.to_owned()),
        artifact_type: Some(bill::MEDIA_TYPE.to_owned()),
        config: descriptor(EMPTY_MEDIA_TYPE, empty),
        layers: vec![OciDescriptor {
            annotations: Some(title),
            ..descriptor(bill::MEDIA_TYPE, bill)
        }],
        subject: Some(descriptor(OCI_IMAGE_MEDIA_TYPE, subject)),
        ..OciImageManifest::default()
    }
}

/// The blob as manifests name it.
fn descriptor(media_type: &str, blob: &Blob) -> OciDescriptor {
    OciDescriptor {
        media_type: media_type.to_owned(),
        digest: blob.digest.clone(),
        size: i64::try_from(blob.size).unwrap_or(i64::MAX),
        ..OciDescriptor::default()
    }
}
