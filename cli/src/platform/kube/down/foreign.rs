//! What somebody else has put into the namespace of a shop.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::api::{ApiResource, DynamicObject, ListParams};
use kube::{Api, ResourceExt as _};
use tokio::time::timeout;

use super::served::Served;
use crate::platform::kube::lease::LEASE;
use crate::platform::kube::{Cluster, cause};

/// How many kinds are looked at together.
const AT_ONCE: usize = 8;

/// How long a kind may take; one that others serve through the API server may not be there at all.
const ANSWER: Duration = Duration::from_secs(15);

/// Kinds that a cluster fills by itself.
const BY_ITSELF: [&str; 4] = ["Event", "Endpoints", "EndpointSlice", "PodMetrics"];

/// Objects that a cluster or a controller puts into every namespace.
const EVERYWHERE: [&str; 4] = [
    "serviceaccount/default",
    "configmap/kube-root-ca.crt",
    "configmap/openshift-service-ca.crt",
    "configmap/istio-ca-root-cert",
];

/// The annotation of a Secret that cert-manager fills.
const CERTIFICATE: &str = "cert-manager.io/certificate-name";

/// What is in a namespace that is no part of the shop.
#[derive(Debug, Default)]
pub struct Foreign {
    /// As `kubectl` names them: `configmap/notes`.
    pub objects: Vec<String>,
    /// The kinds that could not be looked at, with the reason.
    pub unreadable: Vec<String>,
}

impl Foreign {
    /// Looks at every kind that has objects in namespaces and that can be deleted.
    pub async fn of(cluster: &Cluster, namespace: &str) -> Self {
        let Served {
            kinds,
            mut unreadable,
        } = Served::of(cluster).await;
        let looked = kinds
            .iter()
            .map(|kind| list(cluster, namespace, kind))
            .collect::<Vec<_>>();
        let looked: Vec<_> = stream::iter(looked).buffered(AT_ONCE).collect().await;
        let mut readable = Vec::new();
        for (kind, looked) in kinds.iter().zip(looked) {
            match looked {
                Ok(objects) => readable.push((kind, objects)),
                Err(cause) => unreadable.push(format!("{}: {cause}", kind.plural)),
            }
        }
        let kinds: Vec<_> = readable.iter().map(|(kind, _)| *kind).collect();
        let mut objects = BTreeSet::new();
        for (kind, listed) in &readable {
            let theirs = listed
                .iter()
                .filter(|object| !is_ours(object) && !is_by_itself(kind, object, &kinds));
            objects.extend(theirs.map(|object| key(kind, object)));
        }
        Self {
            objects: objects.into_iter().collect(),
            unreadable,
        }
    }
}

/// The objects of a kind; nothing where that kind has just gone.
async fn list(
    cluster: &Cluster,
    namespace: &str,
    kind: &ApiResource,
) -> Result<Vec<DynamicObject>, String> {
    if BY_ITSELF.contains(&kind.kind.as_str()) {
        return Ok(Vec::new());
    }
    let objects: Api<DynamicObject> = Api::namespaced_with(cluster.client.clone(), namespace, kind);
    match timeout(ANSWER, objects.list(&ListParams::default())).await {
        Ok(Ok(listed)) => Ok(listed.items),
        Ok(Err(kube::Error::Api(status))) if status.code == 404 => Ok(Vec::new()),
        Ok(Err(error)) => Err(cause(&error)),
        Err(_) => Err(format!("no answer within {} s", ANSWER.as_secs())),
    }
}

fn key(kind: &ApiResource, object: &DynamicObject) -> String {
    format!("{}/{}", kind.kind.to_lowercase(), object.name_any())
}

/// Whether it is a part of the shop, or `shopctl` has made it.
fn is_ours(object: &DynamicObject) -> bool {
    let has = |label: &str, value: &str| {
        let labels = object.labels();
        labels.get(label).is_some_and(|own| own == value)
    };
    has("app.kubernetes.io/managed-by", "shopctl") || has("app.kubernetes.io/part-of", "shopmicro")
}

/// Whether it came by itself: with every namespace, with the shop, or with another object that is looked at too.
fn is_by_itself(kind: &ApiResource, object: &DynamicObject, looked_at: &[&ApiResource]) -> bool {
    let key = key(kind, object);
    let is_made = kind.kind == "Secret" && object.annotations().contains_key(CERTIFICATE);
    let mut owners = object.owner_references().iter();
    is_made
        || EVERYWHERE.contains(&key.as_str())
        || key == format!("lease/{LEASE}")
        || owners.any(|owner| looked_at.iter().any(|kind| is_kind(owner, kind)))
}

fn is_kind(owner: &OwnerReference, kind: &ApiResource) -> bool {
    let group = owner.api_version.split_once('/');
    let group = group.map_or("", |(group, _)| group);
    (group, &owner.kind) == (kind.group.as_str(), &kind.kind)
}
