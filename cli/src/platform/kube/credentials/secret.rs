//! One Secret in the cluster.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret as Object;
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::json;

use super::values::Values;
use crate::platform::kube::apply::insist;
use crate::platform::kube::{Cluster, FIELD_MANAGER};
use crate::platform::{Error, Events};

/// What a Secret holds as it is there; nothing where there is none.
#[derive(Debug, Default)]
pub struct Present(BTreeMap<String, ByteString>);

impl Present {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<String> {
        String::from_utf8(self.0.get(key)?.0.clone()).ok()
    }

    /// Whether it has that key.
    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Whether there is none, or an empty one.
    pub fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }
}

/// Reads it.
pub async fn read(cluster: &Cluster, namespace: &str, name: &str) -> Result<Present, Error> {
    let secrets: Api<Object> = Api::namespaced(cluster.client.clone(), namespace);
    let secret = insist(&Events::unheard(), || secrets.get_opt(name)).await;
    let secret = secret.map_err(|error| cluster.failed(format!("read Secret `{name}`"), &error))?;
    let data = secret.and_then(|secret| secret.data);
    Ok(Present(data.unwrap_or_default()))
}

/// Makes it have these values and no others.
pub async fn write(
    cluster: &Cluster,
    namespace: &str,
    name: &str,
    values: Values,
) -> Result<(), Error> {
    let encoded = values
        .into_iter()
        .map(|(key, value)| (key, ByteString(value.into_bytes())));
    let encoded: BTreeMap<_, _> = encoded.collect();
    let secret = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": name,
            "labels": {
                "app.kubernetes.io/name": name,
                "app.kubernetes.io/part-of": "shopmicro",
                "app.kubernetes.io/managed-by": FIELD_MANAGER,
            },
        },
        "type": "Opaque",
        "data": encoded,
    });
    let secrets: Api<Object> = Api::namespaced(cluster.client.clone(), namespace);
    let parameters = PatchParams::apply(FIELD_MANAGER);
    let patch = Patch::Apply(&secret);
    let make = || secrets.patch(name, &parameters, &patch);
    let answer = insist(&Events::unheard(), make).await;
    answer
        .map(drop)
        .map_err(|error| cluster.failed(format!("make Secret `{name}`"), &error))
}
