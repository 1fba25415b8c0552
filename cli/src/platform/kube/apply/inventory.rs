//! What a shop has in a cluster, as `shopctl` has recorded it.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::object::{Object, ObjectKey};
use super::patience::insist;
use crate::platform::kube::{Cluster, FIELD_MANAGER};
use crate::platform::{Error, Events};

/// The Secret that holds it.
pub const NAME: &str = "shopctl-inventory";

/// The annotation that names the release which was verified last.
pub const VERIFIED: &str = "shopmicro.dev/verified";

/// The Secret's key.
const KEY: &str = "inventory.json";

/// Every object that was applied and not removed since.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    /// The release that was applied to its end; none before the first one was.
    pub release: Option<String>,
    /// What the tags of the configuration meant for it.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// The digest of each part's image in that release.
    #[serde(default)]
    pub images: BTreeMap<String, String>,
    /// The objects.
    pub objects: BTreeSet<ObjectKey>,
    /// Those of them that came with a release which was not applied to its end yet.
    #[serde(default)]
    pub begun: BTreeSet<ObjectKey>,
    /// Since when the release had the volume of its database; none where that is somewhere else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<String>,
    /// Whether a release was begun and not applied to its end: then nothing of it is known to be ready.
    #[serde(default)]
    pub unfinished: bool,
}

impl Inventory {
    /// The inventory of a release that was applied to its end.
    pub fn of(
        release: &str,
        objects: &[Object],
        tags: &BTreeMap<String, String>,
        images: &BTreeMap<String, String>,
    ) -> Self {
        Self {
            release: Some(release.to_owned()),
            tags: tags.clone(),
            images: images.clone(),
            objects: objects.iter().map(Object::key).collect(),
            begun: BTreeSet::new(),
            volume: None,
            unfinished: false,
        }
    }

    /// Adds objects that are about to be applied. The release is that of before until they all are.
    pub fn join(&mut self, objects: &[Object]) {
        self.unfinished = true;
        for key in objects.iter().map(Object::key) {
            if self.objects.insert(key.clone()) {
                self.begun.insert(key);
            }
        }
    }

    /// Reads it; an empty one where there is none.
    pub async fn read(cluster: &Cluster, namespace: &str) -> Result<Self, Error> {
        let secrets: Api<Secret> = Api::namespaced(cluster.client.clone(), namespace);
        let secret = insist(&Events::unheard(), || secrets.get_opt(NAME)).await;
        let secret = secret.map_err(|error| cluster.failed("read the inventory", &error))?;
        let data = secret.and_then(|secret| secret.data).unwrap_or_default();
        let Some(ByteString(text)) = data.get(KEY) else {
            return Ok(Self::default());
        };
        serde_json::from_slice(text).map_err(|error| Error::Prerequisite {
            what: format!("Secret `{NAME}` in namespace `{namespace}` is damaged: {error}"),
            cure: cluster.kubectl(&format!(
                "delete secret {NAME} -n {namespace}` and run the same command again; objects of older releases \
                 then stay until they are removed by hand: `{}",
                cluster.kubectl(&format!("get all -n {namespace}"))
            )),
        })
    }

    /// Writes it. Whatever was verified before is not what the cluster has now.
    pub async fn write(&self, cluster: &Cluster, namespace: &str) -> Result<(), Error> {
        let failed = |cause: String| Error::Cluster {
            action: "write the inventory".to_owned(),
            cause,
            hint: cluster.kubectl(&format!("get secret {NAME} -n {namespace}")),
        };
        let text = serde_json::to_vec(self).map_err(|error| failed(error.to_string()))?;
        let secret = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {
                "name": NAME,
                "annotations": { VERIFIED: "" },
                "labels": {
                    "app.kubernetes.io/part-of": "shopmicro",
                    "app.kubernetes.io/managed-by": FIELD_MANAGER,
                },
            },
            "type": "shopmicro.dev/inventory",
            "data": { KEY: ByteString(text) },
        });
        let secrets: Api<Secret> = Api::namespaced(cluster.client.clone(), namespace);
        let parameters = PatchParams::apply(FIELD_MANAGER).force();
        let patch = Patch::Apply(&secret);
        let write = || secrets.patch(NAME, &parameters, &patch);
        let written = insist(&Events::unheard(), write).await;
        written
            .map(drop)
            .map_err(|error| cluster.failed("write the inventory", &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_before_the_digests_can_be_read() {
        let text = r#"{ "release": "1-abc", "objects": [] }"#;
        let inventory: Inventory = serde_json::from_str(text).unwrap();
        assert_eq!(inventory.release.as_deref(), Some("1-abc"));
        assert!(inventory.images.is_empty() && inventory.tags.is_empty());
    }

    #[test]
    fn the_digests_are_kept() {
        let images = [("backend".to_owned(), "sha256:abc".to_owned())].into();
        let inventory = Inventory::of("1-abc", &[], &BTreeMap::new(), &images);
        let text = serde_json::to_string(&inventory).unwrap();
        assert_eq!(serde_json::from_str::<Inventory>(&text).unwrap(), inventory);
    }
}
