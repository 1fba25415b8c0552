//! What a tag means now.

use oci_client::{Reference, RegistryOperation};

use super::client::{ask, asking};
use super::credentials::credentials;
use super::destination::Destination;
use super::refusal::explain;
use crate::config::kubernetes::{Image, Images};
use crate::plan::manifest::source;
use crate::platform::Error;

/// The digest of the image that the tag names in its registry, or in the mirror that stands in its place.
pub async fn resolve(image: &Image, images: &Images) -> Result<String, Error> {
    let place = source(image, images);
    let unknown = |cause: String| Error::Prerequisite {
        what: format!("`{place}` is no image: {cause}"),
        cure: "write it as REGISTRY/NAME:TAG or REGISTRY/NAME@sha256:… in `images`".to_owned(),
    };
    let reference =
        Reference::try_from(place.as_str()).map_err(|error| unknown(error.to_string()))?;
    let destination = Destination::parse(reference.registry()).map_err(unknown)?;
    let plain = images.is_plain_http(destination.host());
    digest(&reference, &destination.over_plain_http(plain)).await
}

async fn digest(reference: &Reference, registry: &Destination) -> Result<String, Error> {
    let repository = reference.repository();
    let account = credentials(registry, repository).await?;
    let client = asking(registry).await?;
    let digest = ask(|| client.fetch_manifest_digest(reference, &account)).await;
    digest.map_err(|error| explain(registry, repository, RegistryOperation::Pull, &error))
}

#[cfg(test)]
mod tests {
    use super::super::conversation::Conversation;
    use super::*;

    const MANIFEST: &str = "GET /v2/library/postgres/manifests/18";

    async fn resolved(script: Vec<(&'static str, u16, String)>) -> (String, usize) {
        let (conversation, registry) = Conversation::begin(script).await;
        let name = format!("{}/library/postgres:18", registry.host());
        let reference = Reference::try_from(name).unwrap();
        let error = digest(&reference, &registry).await.unwrap_err();
        (error.to_string(), conversation.heard().len())
    }

    #[tokio::test]
    async fn a_registry_that_is_busy_is_asked_again_and_the_image_is_named() {
        let busy = vec![(MANIFEST, 503, String::new()); 4];
        let (error, asked) = resolved(busy).await;
        assert_eq!(
            asked, 8,
            "each time for the digest alone, then for the whole"
        );
        assert!(error.contains("failed on `library/postgres`"), "{error}");
    }
}
