//! The pods of a component.

use k8s_openapi::api::core::v1::Pod;
use kube::api::ListParams;
use kube::{Api, ResourceExt as _};

use crate::plan::Component;
use crate::platform::Error;
use crate::platform::kube::Cluster;
use crate::platform::kube::labels::{NAME, OF_A_SHOP};

/// The Deployment or `StatefulSet` of the component.
pub const fn workload(component: Component) -> &'static str {
    match component {
        Component::MlService => "ml-service-deployment",
        other => other.name(),
    }
}

/// Whose object it is, by its labels.
pub fn component_of(object: &impl kube::ResourceExt) -> Option<Component> {
    Component::from_name(object.labels().get(NAME)?)
}

/// Whose program runs in it: the pods of Jobs are not a component's own, but what they say belongs to its log.
pub fn program_of(pod: &Pod) -> Option<Component> {
    match pod.labels().get(NAME)?.as_str() {
        "migration" | "seed" => Some(Component::Backend),
        "training" => Some(Component::MlService),
        name => Component::from_name(name),
    }
}

/// Every pod that runs a component's program.
pub async fn pods(cluster: &Cluster, namespace: &str) -> Result<Vec<Pod>, Error> {
    let pods: Api<Pod> = Api::namespaced(cluster.client.clone(), namespace);
    let listed = pods.list(&ListParams::default().labels(OF_A_SHOP)).await;
    let listed = listed.map_err(|error| {
        cluster.failed(format!("list the pods in namespace `{namespace}`"), &error)
    })?;
    let of_components = listed.into_iter().filter(|pod| program_of(pod).is_some());
    Ok(of_components.collect())
}

/// The names of the pods of a component that are ready; at least one.
pub async fn ready(
    cluster: &Cluster,
    namespace: &str,
    component: Component,
) -> Result<Vec<String>, Error> {
    let pods = pods(cluster, namespace).await?;
    let own = pods
        .iter()
        .filter(|pod| component_of(*pod) == Some(component));
    let ready: Vec<_> = own
        .filter(|pod| is_ready(pod))
        .map(kube::ResourceExt::name_any)
        .collect();
    if ready.is_empty() {
        return Err(Error::NotReady {
            component: component.name().to_owned(),
            cause: format!("no pod of it is ready in namespace `{namespace}`"),
            log: String::new(),
        });
    }
    Ok(ready)
}

/// The names of the pods of a component that are about to end and run still.
pub async fn leaving(
    cluster: &Cluster,
    namespace: &str,
    component: Component,
) -> Result<Vec<String>, Error> {
    let pods = pods(cluster, namespace).await?;
    let leaving = pods
        .iter()
        .filter(|pod| component_of(*pod) == Some(component) && is_leaving(pod));
    Ok(leaving.map(kube::ResourceExt::name_any).collect())
}

fn is_leaving(pod: &Pod) -> bool {
    let phase = pod
        .status
        .as_ref()
        .and_then(|status| status.phase.as_deref());
    pod.metadata.deletion_timestamp.is_some() && phase == Some("Running")
}

/// Whether it serves and goes on to.
pub fn is_ready(pod: &Pod) -> bool {
    let conditions = pod
        .status
        .iter()
        .flat_map(|status| status.conditions.iter().flatten());
    let mut ready = conditions.filter(|condition| condition.type_ == "Ready");
    pod.metadata.deletion_timestamp.is_none() && ready.any(|condition| condition.status == "True")
}

/// The place of a shop, for people.
pub fn place(cluster: &Cluster, namespace: &str) -> String {
    format!("namespace {namespace} of cluster {}", cluster.name)
}
