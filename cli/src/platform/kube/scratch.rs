//! A namespace for one proof, which is gone afterwards.

use std::time::Duration;

use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::jiff::Timestamp;
use kube::api::{DeleteParams, ListParams, ObjectMeta, Patch, PatchParams};
use kube::{Api, ResourceExt as _};
use serde_json::{Value, json};

use super::FIELD_MANAGER;
use super::cluster::Cluster;
use crate::platform::Error;

/// The label of every scratch namespace.
const LABEL: &str = "shopmicro.io/scratch";

/// The label's value.
const PURPOSE: &str = "verify";

/// What is older than this belongs to a run that was killed.
const OLD: Duration = Duration::from_mins(5);

/// The account of its pods. One of its own need not be waited for as the default one must.
pub const ACCOUNT: &str = "verify";

/// A scratch namespace.
#[derive(Clone)]
pub struct Scratch {
    cluster: Cluster,
    /// Its name.
    pub name: String,
}

impl Scratch {
    /// A namespace with a name that nobody has; nothing is made yet.
    pub fn new(cluster: &Cluster) -> Self {
        let random = uuid::Uuid::new_v4().simple().to_string();
        Self {
            cluster: cluster.clone(),
            name: format!("shopctl-verify-{}", &random[..10]),
        }
    }

    /// Makes it, with the strictest Pod Security that Kubernetes has.
    pub async fn make(&self) -> Result<(), Error> {
        let name = &self.name;
        let namespace = json!({
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {
                "name": name,
                "labels": {
                    LABEL: PURPOSE,
                    "app.kubernetes.io/managed-by": FIELD_MANAGER,
                    "pod-security.kubernetes.io/enforce": "restricted",
                },
            },
        });
        let all: Api<Namespace> = Api::all(self.cluster.client.clone());
        let made = all.patch(name, &apply(), &Patch::Apply(&namespace)).await;
        made.map_err(|error| {
            self.cluster
                .failed(format!("make namespace `{name}`"), &error)
        })?;
        let account = json!({
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "automountServiceAccountToken": false,
        });
        self.apply::<k8s_openapi::api::core::v1::ServiceAccount>(ACCOUNT, account)
            .await
            .map(drop)
    }

    /// The objects of a kind in it.
    pub fn objects<K>(&self) -> Api<K>
    where
        K: kube::Resource<Scope = k8s_openapi::NamespaceResourceScope>,
        K::DynamicType: Default,
    {
        Api::namespaced(self.cluster.client.clone(), &self.name)
    }

    /// Makes an object in it.
    pub async fn apply<K>(&self, name: &str, mut object: Value) -> Result<K, Error>
    where
        K: kube::Resource<Scope = k8s_openapi::NamespaceResourceScope>
            + Clone
            + std::fmt::Debug
            + serde::de::DeserializeOwned,
        K::DynamicType: Default,
    {
        object["metadata"]["name"] = json!(name);
        let kind = K::kind(&K::DynamicType::default()).into_owned();
        let objects = self.objects::<K>();
        let made = objects.patch(name, &apply(), &Patch::Apply(&object)).await;
        made.map_err(|error| self.cluster.failed(format!("make {kind} `{name}`"), &error))
    }

    /// Has it removed with everything in it; the cluster does the rest by itself.
    pub async fn remove(&self) {
        let all: Api<Namespace> = Api::all(self.cluster.client.clone());
        // What cannot be removed now is removed by the next run.
        let _ = all.delete(&self.name, &DeleteParams::background()).await;
    }

    /// Removes what runs that were killed have left behind.
    pub async fn sweep(cluster: &Cluster) {
        let all: Api<Namespace> = Api::all(cluster.client.clone());
        let labelled = ListParams::default().labels(&format!("{LABEL}={PURPOSE}"));
        let Ok(listed) = all.list_metadata(&labelled).await else {
            return;
        };
        for namespace in listed {
            if is_forgotten(&namespace.metadata) {
                let _ = all
                    .delete(&namespace.name_any(), &DeleteParams::background())
                    .await;
            }
        }
    }
}

fn apply() -> PatchParams {
    PatchParams::apply(FIELD_MANAGER).force()
}

/// Whether it belongs to a run that was killed, and nobody removes it.
pub fn is_forgotten(metadata: &ObjectMeta) -> bool {
    let made = metadata.creation_timestamp.as_ref();
    let ends = metadata.deletion_timestamp.is_some();
    !ends && made.is_some_and(|made| is_old(made.0, Timestamp::now()))
}

fn is_old(made: Timestamp, now: Timestamp) -> bool {
    let age = Duration::try_from(now.duration_since(made)).unwrap_or_default();
    age > OLD
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_goes_on_is_left_alone() {
        let now: Timestamp = "2026-11-23T10:10:00Z".parse().unwrap();
        let young: Timestamp = "2026-11-23T10:06:00Z".parse().unwrap();
        let old: Timestamp = "2026-11-23T10:04:00Z".parse().unwrap();
        let to_come: Timestamp = "2026-11-23T10:20:00Z".parse().unwrap();
        assert!(!is_old(young, now));
        assert!(is_old(old, now));
        assert!(!is_old(to_come, now));
    }
}
