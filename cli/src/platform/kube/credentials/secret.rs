//! One Secret in the cluster.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret as Object;
use kube::api::{Patch, PatchParams};
use kube::{Api, ResourceExt as _};
use serde_json::json;

use super::values::Values;
use crate::platform::kube::apply::{insist, is_conflict, taken};
use crate::platform::kube::{Cluster, FIELD_MANAGER};
use crate::platform::{Error, Events};

/// The mark of a Secret that was made again while somebody who had read it before was running. It goes when all of them
/// have been told to read it again.
const UNREAD: &str = "shopmicro.dev/unread";

/// What a Secret holds as it is there; nothing where there is none.
#[derive(Debug, Default)]
pub struct Present {
    values: BTreeMap<String, ByteString>,
    is_unread: bool,
}

/// How a Secret is written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Writing {
    /// Whether values that somebody else has set are taken over.
    pub force: bool,
    /// Whether it is only tried.
    pub dry_run: bool,
    /// Whether somebody is running who knows what it said before.
    pub is_unread: bool,
}

impl Present {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<String> {
        String::from_utf8(self.values.get(key)?.0.clone()).ok()
    }

    /// Whether it has that key.
    pub fn has(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    /// Whether somebody who knows what it said before has not been told to read it again.
    pub const fn is_unread(&self) -> bool {
        self.is_unread
    }
}

/// Reads it.
pub async fn read(cluster: &Cluster, namespace: &str, name: &str) -> Result<Present, Error> {
    let secrets: Api<Object> = Api::namespaced(cluster.client.clone(), namespace);
    let secret = insist(&Events::unheard(), || secrets.get_opt(name)).await;
    let secret = secret.map_err(|error| cluster.failed(format!("read Secret `{name}`"), &error))?;
    let secret = secret.unwrap_or_default();
    Ok(Present {
        is_unread: secret.annotations().contains_key(UNREAD),
        values: secret.data.unwrap_or_default(),
    })
}

/// Makes it have these values and no others. Values that somebody else has set are an error unless they are to be taken
/// over; the error names them and does not tell them.
pub async fn write(
    cluster: &Cluster,
    namespace: &str,
    name: &str,
    values: Values,
    how: Writing,
) -> Result<(), Error> {
    let encoded = values
        .into_iter()
        .map(|(key, value)| (key, ByteString(value.into_bytes())));
    let encoded: BTreeMap<_, _> = encoded.collect();
    let mut secret = json!({
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
    if how.is_unread {
        secret["metadata"]["annotations"] = json!({ UNREAD: "true" });
    }
    let secrets: Api<Object> = Api::namespaced(cluster.client.clone(), namespace);
    let parameters = PatchParams {
        force: how.force,
        dry_run: how.dry_run,
        ..PatchParams::apply(FIELD_MANAGER)
    };
    let patch = Patch::Apply(&secret);
    let make = || secrets.patch(name, &parameters, &patch);
    match insist(&Events::unheard(), make).await {
        Ok(_) => Ok(()),
        // Nothing can be tried in a namespace that is still to be made.
        Err(kube::Error::Api(status)) if how.dry_run && status.code == 404 => Ok(()),
        Err(kube::Error::Api(status)) if is_conflict(&status) => Err(Error::Conflict {
            object: format!("secret/{name}"),
            taken: taken(&status).join(", "),
        }),
        Err(error) => Err(cluster.failed(format!("make Secret `{name}`"), &error)),
    }
}

/// Takes the mark away: everybody has been told.
pub async fn forget_unread(cluster: &Cluster, namespace: &str, name: &str) -> Result<(), Error> {
    let secrets: Api<Object> = Api::namespaced(cluster.client.clone(), namespace);
    let parameters = PatchParams {
        field_manager: Some(FIELD_MANAGER.to_owned()),
        ..PatchParams::default()
    };
    let patch = Patch::Merge(json!({ "metadata": { "annotations": { UNREAD: null } } }));
    let forget = || secrets.patch(name, &parameters, &patch);
    let forgotten = insist(&Events::unheard(), forget).await;
    forgotten
        .map(drop)
        .map_err(|error| cluster.failed(format!("mark Secret `{name}` as read"), &error))
}
