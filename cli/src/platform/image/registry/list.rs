//! What a registry has.

use oci_client::manifest::{OCI_IMAGE_MEDIA_TYPE, OciImageManifest};
use oci_client::{Reference, RegistryOperation};

use super::client::{Registry, ask};
use super::destination::Destination;
use super::refusal::is_absence;
use crate::plan::Component;
use crate::platform::Error;
use crate::platform::image::listed::{Listed, size};

/// How many tags of a service are asked for at once.
const PAGE: usize = 100;

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
    /// All tags of the service's images.
    async fn tags(&self, service: Component) -> Result<Vec<String>, Error> {
        let mut tags: Vec<String> = Vec::new();
        loop {
            let page = self.page(service, tags.last().map(String::as_str)).await?;
            let known = tags.len();
            for tag in page {
                if !tags.contains(&tag) {
                    tags.push(tag);
                }
            }
            // There are no more, or the registry knows no pages and has told the same again.
            if tags.len() == known {
                break;
            }
        }
        tags.retain(|tag| !tag.starts_with(REFERRERS));
        Ok(tags)
    }

    /// The tags that come after that one. A registry may tell fewer at once than were asked for.
    async fn page(&self, service: Component, after: Option<&str>) -> Result<Vec<String>, Error> {
        let reference = self.destination.tagged(service, "latest");
        let list = || {
            self.asking
                .list_tags(&reference, &self.account, Some(PAGE), after)
        };
        match ask(list).await {
            Ok(answer) => Ok(answer.tags),
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
        let (text, digest) = match ask(pull).await {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::platform::image::registry::conversation::Conversation;

    const PAGES: &str = "GET /v2/shop/backend/tags/list";

    fn page(tags: &[&str]) -> (&'static str, u16, String) {
        (
            PAGES,
            200,
            json!({ "name": "shop/backend", "tags": tags }).to_string(),
        )
    }

    fn manifest(request: &'static str) -> (&'static str, u16, String) {
        let descriptor = |kind: &str| json!({ "mediaType": kind, "digest": format!("sha256:{}", "0".repeat(64)), "size": 7 });
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": OCI_IMAGE_MEDIA_TYPE,
            "config": descriptor("application/vnd.oci.image.config.v1+json"),
            "layers": [descriptor("application/vnd.oci.image.layer.v1.tar+gzip")],
        });
        (request, 200, manifest.to_string())
    }

    async fn tags(script: Vec<(&'static str, u16, String)>) -> Vec<String> {
        let (_, destination) = Conversation::begin(script).await;
        let images = list(&destination).await.unwrap();
        images.into_iter().map(|image| image.tag).collect()
    }

    #[tokio::test]
    async fn every_page_is_asked_for() {
        let script = vec![
            page(&["first", "sha256-0"]),
            page(&["second"]),
            page(&[]),
            manifest("GET /v2/shop/backend/manifests/first"),
            manifest("GET /v2/shop/backend/manifests/second"),
        ];
        assert_eq!(tags(script).await, ["first", "second"]);
    }

    #[tokio::test]
    async fn a_registry_without_pages_tells_the_same_again() {
        let script = vec![
            page(&["only"]),
            page(&["only"]),
            manifest("GET /v2/shop/backend/manifests/only"),
        ];
        assert_eq!(tags(script).await, ["only"]);
    }
}
