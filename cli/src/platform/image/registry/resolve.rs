//! What a tag means now.

use oci_client::Reference;

use super::client::{client, protocol};
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
    let destination =
        Destination::parse(&format!("{}/x", reference.registry())).map_err(unknown)?;
    let plain = images.is_plain_http(destination.host());
    let destination = destination.over_plain_http(plain);
    let account = credentials(&destination).await?;
    let client = client(&destination, protocol(&destination).await?)?;
    let digest = client.fetch_manifest_digest(&reference, &account).await;
    digest.map_err(|error| explain(&destination, reference.repository(), &error))
}
