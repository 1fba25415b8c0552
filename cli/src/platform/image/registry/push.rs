//! Sends images to a registry. What it has already is not sent again.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use oci_client::errors::OciDistributionError;
use oci_client::manifest::OCI_IMAGE_MEDIA_TYPE;
use oci_client::{Reference, RegistryOperation};
use tokio::fs::File;
use tokio::task::spawn_blocking;
use tokio_util::io::ReaderStream;

use super::client::{Registry, ask};
use super::destination::Destination;
use super::patience::{Patience, Progress};
use super::referrer::attach;
use super::refusal::passes;
use crate::plan::Component;
use crate::platform::image::built::{Build, Built};
use crate::platform::image::layout::{Blob, Store};
use crate::platform::{Error, Events};

/// How many blobs of one image are on their way at once.
const AT_ONCE: usize = 4;

/// How much of a file is read at once.
const PIECE: usize = 64 * 1024;

/// An image that a registry has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// The service.
    pub service: Component,
    /// The image as a manifest of Kubernetes names it.
    pub reference: String,
    /// What had to be sent, in bytes; the manifests themselves do not count.
    pub sent: u64,
}

/// Makes the registry have all images of the build under its tag.
pub async fn push(
    build: &Build,
    store: &Store,
    destination: &Destination,
    events: &Events,
) -> Result<Vec<Pushed>, Error> {
    let registry = Registry::reach(destination, RegistryOperation::Push).await?;
    let transfer = |image: &'_ Built| Transfer {
        registry: registry.clone(),
        store: store.clone(),
        image: image.clone(),
        tag: build.tag.clone(),
    };
    let Some((first, others)) = build.images.split_first() else {
        return Ok(Vec::new());
    };
    // What the images have in common arrives with the first one, and is only mounted for the others.
    let mut pushed = vec![transfer(first).run(None, events).await?];
    let others = others.iter().map(|image| {
        let transfer = transfer(image);
        async move { transfer.run(Some(first), events).await }
    });
    pushed.extend(try_join_all(others).await?);
    Ok(pushed)
}

/// Whether the registry has all images of the build under its tag.
pub async fn has(build: &Build, store: &Store, destination: &Destination) -> Result<bool, Error> {
    let registry = Registry::reach(destination, RegistryOperation::Pull).await?;
    let tagged = build.images.iter().map(|image| {
        let transfer = Transfer {
            registry: registry.clone(),
            store: store.clone(),
            image: image.clone(),
            tag: build.tag.clone(),
        };
        async move { transfer.is_tagged().await }
    });
    Ok(try_join_all(tagged).await?.into_iter().all(|there| there))
}

struct Transfer {
    registry: Registry,
    store: Store,
    image: Built,
    tag: String,
}

impl Transfer {
    /// Sends the parts, the manifest, what is attached to it, and last the tag: where the tag is, everything is.
    async fn run(&self, neighbour: Option<&Built>, events: &Events) -> Result<Pushed, Error> {
        let service = self.image.service;
        let mut sent = 0;
        if !self.is_tagged().await? {
            sent = self.send_blobs(neighbour, events).await?;
            let manifest = self.store.read(&self.image.digest)?;
            let digest = self.image.digest.clone();
            self.put(&digest, manifest.clone()).await?;
            let referrer = self.store.read(&self.image.referrer.digest)?;
            self.put(&self.image.referrer.digest, referrer).await?;
            attach(&self.registry, &self.image).await?;
            self.put(&self.tag, manifest).await?;
        }
        Ok(Pushed {
            service,
            reference: self.image.reference(&self.registry.destination.to_string()),
            sent,
        })
    }

    async fn is_tagged(&self) -> Result<bool, Error> {
        let (registry, service) = (&self.registry, self.image.service);
        let reference = registry.destination.tagged(service, &self.tag);
        let (client, account) = (&registry.asking, &registry.account);
        let digest = ask(|| client.fetch_manifest_digest(&reference, account)).await;
        match digest {
            Ok(digest) => Ok(digest == self.image.digest),
            // Whoever may not look may still be allowed to write; that is seen in a moment.
            Err(error) if !passes(&error) => Ok(false),
            Err(error) => Err(registry.explained(service, &error)),
        }
    }

    /// Sends the blobs that the registry lacks; how many bytes that were.
    async fn send_blobs(&self, neighbour: Option<&Built>, events: &Events) -> Result<u64, Error> {
        let blobs = self.image.parts.iter().chain(&self.image.bill);
        let shared: BTreeSet<&Blob> = neighbour
            .into_iter()
            .flat_map(|image| image.parts.iter().chain(&image.bill))
            .collect();
        let sends = blobs.map(|blob| {
            let source = neighbour.filter(|_| shared.contains(blob));
            self.send_blob(blob, source.map(|image| image.service), events)
        });
        let sends: Vec<_> = sends.collect();
        let sizes = stream::iter(sends).buffer_unordered(AT_ONCE);
        sizes.try_fold(0, async |sum, size| Ok(sum + size)).await
    }

    async fn send_blob(
        &self,
        blob: &Blob,
        source: Option<Component>,
        events: &Events,
    ) -> Result<u64, Error> {
        let (registry, service) = (&self.registry, self.image.service);
        let target = registry.destination.tagged(service, &self.tag);
        let client = &registry.client;
        let exists = registry.insist(service, || client.blob_exists(&target, &blob.digest));
        if exists.await? {
            return Ok(0);
        }
        if let Some(source) = source {
            let source = registry.destination.tagged(source, &self.tag);
            // A registry that does not mount wants to be sent the blob.
            if client
                .mount_blob(&target, &source, &blob.digest)
                .await
                .is_ok()
            {
                return Ok(0);
            }
        }
        self.examine(blob).await?;
        events.progress(format!("{service}: sending {}", megabytes(blob.size)));
        let send = || self.stream(&target, blob);
        registry.insist(service, send).await?;
        Ok(blob.size)
    }

    /// Refuses to send what the registry would refuse to take.
    async fn examine(&self, blob: &Blob) -> Result<(), Error> {
        let (store, blob) = (self.store.clone(), blob.clone());
        let examined = spawn_blocking(move || store.examine(&blob)).await;
        examined.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
    }

    /// Sends the blob from its file.
    async fn stream(&self, target: &Reference, blob: &Blob) -> Result<(), OciDistributionError> {
        let client = &self.registry.sending;
        let file = File::open(self.store.path(blob)).await?;
        let pieces = ReaderStream::with_capacity(file, PIECE).map_err(OciDistributionError::from);
        let progress = Progress::of(blob.size);
        let pieces = progress.watched(pieces);
        let size = Some(blob.size);
        let sending = client.push_blob_stream(target, pieces, &blob.digest, size);
        match progress.within(Patience::USUAL, sending).await {
            // Some registries do not say where they have put it.
            Err(OciDistributionError::RegistryNoLocationError)
                if self
                    .registry
                    .client
                    .blob_exists(target, &blob.digest)
                    .await? =>
            {
                Ok(())
            }
            answer => answer.map(|_| ()),
        }
    }

    /// Puts a manifest under a tag or its digest.
    async fn put(&self, name: &str, manifest: Vec<u8>) -> Result<(), Error> {
        let (registry, service) = (&self.registry, self.image.service);
        let target = if name.contains(':') {
            registry.destination.by_digest(service, name)
        } else {
            registry.destination.tagged(service, name)
        };
        registry
            .put(service, &target, manifest, OCI_IMAGE_MEDIA_TYPE)
            .await
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10)
}
