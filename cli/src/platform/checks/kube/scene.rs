//! What a shop has in its cluster, read once for all checks.

use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::core::v1::{Event, PersistentVolumeClaim, Pod};
use kube::Api;
use kube::api::ListParams;
use serde::de::DeserializeOwned;

use super::probes::Probes;
use crate::config::kubernetes::Kubernetes;
use crate::platform::checks::trouble::Trouble;
use crate::platform::kube::labels::OF_A_SHOP;
use crate::platform::kube::{Cluster, insist};
use crate::platform::{Error, Events};

/// The objects of one namespace at one moment.
pub struct Scene<'a> {
    /// The cluster.
    pub cluster: &'a Cluster,
    /// The settings.
    pub settings: &'a Kubernetes,
    /// The pods that checks make.
    pub probes: &'a Probes<'a>,
    /// The services.
    pub deployments: Vec<Deployment>,
    /// The data stores.
    pub stateful_sets: Vec<StatefulSet>,
    /// What runs, and has run to its end.
    pub pods: Vec<Pod>,
    /// The volumes.
    pub claims: Vec<PersistentVolumeClaim>,
    /// What the cluster has told about the namespace.
    pub events: Vec<Event>,
}

impl<'a> Scene<'a> {
    /// Reads all of it.
    pub async fn of(
        cluster: &'a Cluster,
        settings: &'a Kubernetes,
        probes: &'a Probes<'a>,
    ) -> Result<Self, Error> {
        let namespace = settings.namespace.as_str();
        let (deployments, stateful_sets, pods, claims, events) = tokio::try_join!(
            listed(cluster, namespace, OF_A_SHOP),
            listed(cluster, namespace, OF_A_SHOP),
            listed(cluster, namespace, OF_A_SHOP),
            listed(cluster, namespace, OF_A_SHOP),
            listed(cluster, namespace, ""),
        )?;
        Ok(Self {
            cluster,
            settings,
            probes,
            deployments,
            stateful_sets,
            pods,
            claims,
            events,
        })
    }

    /// The namespace.
    pub fn namespace(&self) -> &str {
        self.settings.namespace.as_str()
    }

    /// The objects of a kind in it.
    pub fn objects<K>(&self) -> Api<K>
    where
        K: kube::Resource<Scope = NamespaceResourceScope>,
        K::DynamicType: Default,
    {
        Api::namespaced(self.cluster.client.clone(), self.namespace())
    }

    /// All objects of a kind in it, whoever has made them.
    pub async fn all<K>(&self) -> Result<Vec<K>, Trouble>
    where
        K: kube::Resource<Scope = NamespaceResourceScope>
            + Clone
            + DeserializeOwned
            + std::fmt::Debug,
        K::DynamicType: Default,
    {
        let all = listed(self.cluster, self.namespace(), "").await;
        all.map_err(|error| Trouble::from_platform(&error))
    }

    /// A `kubectl` line about its namespace.
    pub fn kubectl(&self, words: &str) -> String {
        self.cluster
            .kubectl(&format!("{words} -n {}", self.namespace()))
    }

    /// The pods that are to serve: not those that end or have ended, such as one that a node has put out, and not those of
    /// Jobs.
    pub fn serving_pods(&self) -> impl Iterator<Item = &Pod> {
        self.pods.iter().filter(|pod| is_to_serve(pod))
    }
}

/// Whether the pod is to serve.
pub fn is_to_serve(pod: &Pod) -> bool {
    let owners = pod.metadata.owner_references.iter().flatten();
    let mut kinds = owners.map(|owner| owner.kind.as_str());
    let phase = pod
        .status
        .as_ref()
        .and_then(|status| status.phase.as_deref());
    let has_ended = matches!(phase, Some("Failed" | "Succeeded"));
    let ends = has_ended || pod.metadata.deletion_timestamp.is_some();
    !ends && !kinds.any(|kind| kind == "Job")
}

async fn listed<K>(cluster: &Cluster, namespace: &str, labels: &str) -> Result<Vec<K>, Error>
where
    K: kube::Resource<Scope = NamespaceResourceScope> + Clone + DeserializeOwned + std::fmt::Debug,
    K::DynamicType: Default,
{
    let objects: Api<K> = Api::namespaced(cluster.client.clone(), namespace);
    let parameters = ListParams::default().labels(labels);
    // An API server that is away for a moment says nothing about the shop.
    let listed = insist(&Events::unheard(), || objects.list(&parameters)).await;
    let listed = listed.map_err(|error| {
        let kind = K::kind(&K::DynamicType::default()).into_owned();
        cluster.failed(
            format!("list the {kind}s of namespace `{namespace}`"),
            &error,
        )
    })?;
    Ok(listed.items)
}
