//! What a namespace has at one moment, sorted by component.

use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::core::v1::{Event, PersistentVolumeClaim, Pod};
use kube::api::ListParams;
use kube::{Api, Resource, ResourceExt as _};
use serde::de::DeserializeOwned;

use super::part::{Part, Replicas};
use super::pods::{component_of, workload};
use crate::plan::Component;
use crate::platform::kube::Cluster;
use crate::platform::kube::apply::insist;
use crate::platform::kube::diagnosis::Snapshot;
use crate::platform::kube::labels::OF_A_SHOP;
use crate::platform::{Error, Events};

/// The annotation with the release that an object belongs to.
const RELEASE: &str = "shopmicro.dev/release";

/// What was seen.
pub struct Seen {
    deployments: Vec<Deployment>,
    stateful_sets: Vec<StatefulSet>,
    replica_sets: Vec<ReplicaSet>,
    pods: Vec<Pod>,
    claims: Vec<PersistentVolumeClaim>,
    events: Vec<Event>,
}

impl Seen {
    /// Looks at the namespace; one that is not there has nothing in it.
    pub async fn of(cluster: &Cluster, namespace: &str) -> Result<Self, Error> {
        let (deployments, stateful_sets, replica_sets, pods, claims, events) = tokio::try_join!(
            listed(cluster, namespace, OF_A_SHOP),
            listed(cluster, namespace, OF_A_SHOP),
            listed(cluster, namespace, OF_A_SHOP),
            listed(cluster, namespace, OF_A_SHOP),
            listed(cluster, namespace, OF_A_SHOP),
            listed(cluster, namespace, ""),
        )?;
        Ok(Self {
            deployments,
            stateful_sets,
            replica_sets,
            pods,
            claims,
            events,
        })
    }

    /// The release that was deployed last.
    pub fn release(&self) -> Option<String> {
        let backend = workload(Component::Backend);
        let mut deployments = self.deployments.iter();
        let backend = deployments.find(|deployment| deployment.name_any() == backend)?;
        backend.annotations().get(RELEASE).cloned()
    }

    /// One component.
    pub fn part(&self, component: Component) -> Part {
        let snapshot = self.snapshot(component);
        let replicas = self.replicas(component);
        Part::new(component, replicas, &snapshot)
    }

    fn replicas(&self, component: Component) -> Option<Replicas> {
        let name = workload(component);
        let deployment = self.deployments.iter().find(|one| one.name_any() == name);
        let set = self.stateful_sets.iter().find(|one| one.name_any() == name);
        deployment
            .map(Replicas::of_deployment)
            .or_else(|| set.map(Replicas::of_stateful_set))
    }

    /// Only what is of that component.
    fn snapshot(&self, component: Component) -> Snapshot {
        let beginning = format!("{}-", workload(component));
        let is_about = |event: &&Event| {
            let name = event.involved_object.name.as_deref().unwrap_or_default();
            // A claim is called `data-postgres-0`.
            let name = name.strip_prefix("data-").unwrap_or(name);
            name == workload(component) || name.starts_with(&beginning)
        };
        Snapshot {
            pods: own(&self.pods, component),
            claims: own(&self.claims, component),
            deployments: own(&self.deployments, component),
            stateful_sets: own(&self.stateful_sets, component),
            replica_sets: own(&self.replica_sets, component),
            jobs: Vec::new(),
            events: self.events.iter().filter(is_about).cloned().collect(),
        }
    }
}

fn own<K: Resource + Clone>(objects: &[K], component: Component) -> Vec<K> {
    let own = objects
        .iter()
        .filter(|object| component_of(*object) == Some(component));
    own.cloned().collect()
}

async fn listed<K>(cluster: &Cluster, namespace: &str, labels: &str) -> Result<Vec<K>, Error>
where
    K: Resource<Scope = k8s_openapi::NamespaceResourceScope>
        + Clone
        + DeserializeOwned
        + std::fmt::Debug,
    K::DynamicType: Default,
{
    let objects: Api<K> = Api::namespaced(cluster.client.clone(), namespace);
    let parameters = ListParams::default().labels(labels);
    let listed = insist(&Events::unheard(), || objects.list(&parameters)).await;
    let listed = listed.map_err(|error| {
        let kind = K::plural(&K::DynamicType::default()).into_owned();
        cluster.failed(
            format!("list the {kind} in namespace `{namespace}`"),
            &error,
        )
    })?;
    Ok(listed.items)
}
