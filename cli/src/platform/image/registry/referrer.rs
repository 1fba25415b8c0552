//! Attaches a bill of materials to its image.

use oci_client::Reference;
use oci_client::errors::OciDistributionError;
use oci_client::manifest::{
    ImageIndexEntry, OCI_IMAGE_INDEX_MEDIA_TYPE, OCI_IMAGE_MEDIA_TYPE, OciImageIndex,
};
use reqwest::header::HeaderValue;

use super::client::{Registry, ask};
use super::refusal::is_absence;
use crate::plan::Component;
use crate::platform::Error;
use crate::platform::image::bill;
use crate::platform::image::built::Built;
use crate::platform::image::layout::{canonical, index};

/// Makes sure that who knows the image finds what refers to it, which has been sent.
///
/// A registry that knows referrers has seen the `subject` itself. For all others the specification has a tag that is
/// made from the image's digest, under which clients keep the list.
pub async fn attach(registry: &Registry, image: &Built) -> Result<(), Error> {
    let subject = registry.destination.by_digest(image.service, &image.digest);
    let kind = Some(bill::MEDIA_TYPE);
    let known = ask(|| registry.client.pull_referrers(&subject, kind)).await;
    if known.is_ok_and(|known| names(&known, image)) {
        return Ok(());
    }
    let tag = image.digest.replace(':', "-");
    let target = registry.destination.tagged(image.service, &tag);
    let mut list = match registry.index(&target).await {
        Ok(list) => list,
        Err(error) if is_absence(&error) => index(Vec::new()),
        Err(error) => return Err(registry.explained(image.service, &error)),
    };
    if names(&list, image) {
        return Ok(());
    }
    list.manifests.push(entry(image));
    let list = canonical(&list);
    registry
        .put(image.service, &target, list, OCI_IMAGE_INDEX_MEDIA_TYPE)
        .await
}

impl Registry {
    /// The index of that name.
    async fn index(&self, target: &Reference) -> Result<OciImageIndex, OciDistributionError> {
        let accepted = [OCI_IMAGE_INDEX_MEDIA_TYPE];
        let pull = || {
            self.asking
                .pull_manifest_raw(target, &self.account, &accepted)
        };
        let (text, _) = ask(pull).await?;
        Ok(serde_json::from_slice(&text)?)
    }

    /// Puts a manifest.
    pub(super) async fn put(
        &self,
        service: Component,
        target: &Reference,
        manifest: Vec<u8>,
        media_type: &'static str,
    ) -> Result<(), Error> {
        let media_type = HeaderValue::from_static(media_type);
        let put = || {
            let manifest = manifest.clone();
            self.client
                .push_manifest_raw(target, manifest, media_type.clone())
        };
        self.insist(service, put).await.map(|_| ())
    }
}

fn names(list: &OciImageIndex, image: &Built) -> bool {
    list.manifests
        .iter()
        .any(|entry| entry.digest == image.referrer.digest)
}

fn entry(image: &Built) -> ImageIndexEntry {
    ImageIndexEntry {
        media_type: OCI_IMAGE_MEDIA_TYPE.to_owned(),
        digest: image.referrer.digest.clone(),
        size: i64::try_from(image.referrer.size).unwrap_or(i64::MAX),
        platform: None,
        annotations: None,
        artifact_type: Some(bill::MEDIA_TYPE.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use oci_client::RegistryOperation;

    use super::super::conversation::{Conversation, Line};
    use super::*;
    use crate::platform::image::layout::Blob;

    const REFERRERS: &str = "GET /v2/shop/backend/referrers/";
    const LIST: &str = "GET /v2/shop/backend/manifests/sha256-";
    const PUT: &str = "PUT /v2/shop/backend/manifests/sha256-";

    fn image() -> Built {
        let manifest = Blob::of(b"image");
        Built {
            service: Component::Backend,
            digest: manifest.digest.clone(),
            size: 1,
            is_static: false,
            manifest,
            parts: Vec::new(),
            referrer: Blob::of(b"referrer"),
            bill: Vec::new(),
        }
    }

    fn list(entries: Vec<ImageIndexEntry>) -> String {
        String::from_utf8(canonical(&index(entries))).unwrap()
    }

    /// The methods and the first letters of what was asked for.
    async fn asked(script: Vec<Line>) -> Vec<String> {
        let (conversation, destination) = Conversation::begin(script).await;
        let registry = Registry::reach(&destination, RegistryOperation::Push)
            .await
            .unwrap();
        attach(&registry, &image()).await.unwrap();
        let heard = conversation.heard().into_iter();
        heard
            .map(|line| line.replace("/v2/shop/backend/", "")[..14].to_owned())
            .collect()
    }

    #[tokio::test]
    async fn a_registry_that_knows_referrers_needs_no_list() {
        let known = list(vec![entry(&image())]);
        assert_eq!(
            asked(vec![(REFERRERS, 200, known)]).await,
            ["GET referrers/"]
        );
    }

    #[tokio::test]
    async fn for_all_others_a_list_is_kept_under_a_tag() {
        let heard = asked(vec![(PUT, 201, String::new())]).await;
        assert_eq!(heard.last().unwrap(), "PUT manifests/");
    }

    #[tokio::test]
    async fn what_others_have_attached_stays() {
        let mut signature = entry(&image());
        signature.digest = "sha256:signature".to_owned();
        let script = |others: Vec<ImageIndexEntry>| {
            vec![
                (REFERRERS, 405, String::new()),
                (LIST, 200, list(others)),
                (PUT, 201, String::new()),
            ]
        };
        let heard = asked(script(vec![signature.clone()])).await;
        assert_eq!(heard.last().unwrap(), "PUT manifests/");
        let heard = asked(script(vec![signature, entry(&image())])).await;
        assert_eq!(
            heard.last().unwrap(),
            "GET manifests/",
            "it is in the list already"
        );
    }
}
