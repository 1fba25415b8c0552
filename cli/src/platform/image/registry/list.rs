//! What a registry has.

use oci_client::manifest::{OCI_IMAGE_MEDIA_TYPE, OciImageManifest};
use oci_client::{Reference, RegistryOperation};

use super::client::Registry;
use super::destination::Destination;
use super::refusal::is_absence;
use crate::plan::Component;
use crate::platform::Error;
use crate::platform::image::listed::{Listed, size};

/// How many tags of a service are asked for.
const TAGS: usize = 50;

/// How the tags begin that list referrers and are no images.
const REFERRERS: &str = "sha256-";

/// The services' images that the registry has; none for a repository that it does not have.
pub async fn list(destination: &Destination) -> Result<Vec<Listed>, Error> {
    let registry = Registry::reach(destination, RegistryOperation::Pull).await?;
    let mut images = Vec::new();
    for service in Component::SERVICES {
        for tag in registry.tags(service).await? {
            images.extend(registry.image(service, tag).await?);
        }
    }
    Ok(images)
}

impl Registry {
    async fn tags(&self, service: Component) -> Result<Vec<String>, Error> {
        let reference = self.destination.tagged(service, "latest");
        let list = || {
            self.asking
                .list_tags(&reference, &self.account, Some(TAGS), None)
        };
        match self.ask(list).await {
            Ok(answer) => {
                let tags = answer.tags.into_iter();
                Ok(tags.filter(|tag| !tag.starts_with(REFERRERS)).collect())
            }
            Err(error) if is_absence(&error) => Ok(Vec::new()),
            Err(error) => Err(self.explained(service, &error)),
        }
    }

    /// The image of that tag; none for what is no image of one platform.
    async fn image(&self, service: Component, tag: String) -> Result<Option<Listed>, Error> {
        let reference: Reference = self.destination.tagged(service, &tag);
        let accepted = [OCI_IMAGE_MEDIA_TYPE];
        let pull = || {
            self.asking
                .pull_manifest_raw(&reference, &self.account, &accepted)
        };
        let (text, digest) = match self.ask(pull).await {
            Ok(answer) => answer,
            Err(error) if is_absence(&error) => return Ok(None),
            Err(error) => return Err(self.explained(service, &error)),
        };
        let manifest = serde_json::from_slice::<OciImageManifest>(&text).ok();
        Ok(manifest.map(|manifest| Listed {
            service,
            tag,
            digest,
            size: size(&manifest),
        }))
    }
}
