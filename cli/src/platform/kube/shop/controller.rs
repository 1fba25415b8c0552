//! Where the ingress controller lets people in when it publishes no address: a port of every node, or a port of the
//! nodes on which it runs.

use std::net::{IpAddr, SocketAddr};

use k8s_openapi::api::core::v1::{Pod, Service};
use k8s_openapi::api::networking::v1::{Ingress, IngressClass};
use kube::api::ListParams;
use kube::{Api, Resource, ResourceExt as _};
use serde::de::DeserializeOwned;

use super::address::INGRESS;
use crate::config::kubernetes::{Kubernetes, Label};
use crate::platform::kube::{Cluster, Node};

/// The ports of nodes that lead to the controller: those of Services, then those that pods take themselves. Empty where
/// that cannot be told, or where a caller whose rights end at the namespace may not look.
pub async fn node_ports(
    cluster: &Cluster,
    namespace: &str,
    kubernetes: &Kubernetes,
    port: u16,
) -> Vec<SocketAddr> {
    let controller = controller(cluster, namespace).await;
    let place = if kubernetes.expose.ingress.install {
        Some(namespace)
    } else {
        let named = kubernetes.expose.ingress.namespace.as_ref();
        named.map(Label::as_str)
    };
    let (services, pods, nodes) = tokio::join!(
        listed::<Service>(cluster, place),
        listed::<Pod>(cluster, place),
        Node::list(cluster),
    );
    let nodes = nodes.unwrap_or_default();
    let own = services
        .iter()
        .filter(|service| leads_to(service, controller.as_deref()));
    let everywhere = own.filter_map(|service| node_port(service, port));
    let mut found: Vec<_> = everywhere
        .flat_map(|port| nodes.iter().filter_map(move |node| at(node, port)))
        .collect();
    let listening = pods.iter().filter(|pod| takes(pod, port));
    let names: Vec<_> = listening
        .filter_map(|pod| pod.spec.as_ref()?.node_name.as_deref())
        .collect();
    let listening = nodes
        .iter()
        .filter(|node| names.contains(&node.name.as_str()));
    found.extend(listening.filter_map(|node| at(node, port)));
    found
}

/// What the class of the shop's Ingress says of its controller, such as `traefik.io/ingress-controller`.
async fn controller(cluster: &Cluster, namespace: &str) -> Option<String> {
    let ingresses: Api<Ingress> = Api::namespaced(cluster.client.clone(), namespace);
    let ingress = ingresses.get_opt(INGRESS).await.ok()??;
    let class = ingress.spec?.ingress_class_name?;
    let classes: Api<IngressClass> = Api::all(cluster.client.clone());
    classes.get_opt(&class).await.ok()??.spec?.controller
}

async fn listed<K>(cluster: &Cluster, namespace: Option<&str>) -> Vec<K>
where
    K: Resource<Scope = k8s_openapi::NamespaceResourceScope>
        + Clone
        + DeserializeOwned
        + std::fmt::Debug,
    K::DynamicType: Default,
{
    let client = cluster.client.clone();
    let objects: Api<K> = match namespace {
        Some(namespace) => Api::namespaced(client, namespace),
        None => Api::all(client),
    };
    let listed = objects.list(&ListParams::default()).await;
    listed.map(|listed| listed.items).unwrap_or_default()
}

/// The usual label of a controller's objects is a part of what its class says.
fn leads_to(service: &Service, controller: Option<&str>) -> bool {
    let name = service.labels().get("app.kubernetes.io/name");
    match (name, controller) {
        (Some(name), Some(controller)) => controller.contains(name.as_str()),
        _ => false,
    }
}

fn node_port(service: &Service, port: u16) -> Option<u16> {
    let ports = service.spec.as_ref()?.ports.as_ref()?;
    let port = ports.iter().find(|one| one.port == i32::from(port))?;
    u16::try_from(port.node_port?).ok()
}

fn takes(pod: &Pod, port: u16) -> bool {
    let containers = pod.spec.iter().flat_map(|spec| &spec.containers);
    let mut ports = containers.flat_map(|container| container.ports.iter().flatten());
    ports.any(|one| one.host_port == Some(i32::from(port)))
}

fn at(node: &Node, port: u16) -> Option<SocketAddr> {
    let address: IpAddr = node.address()?.parse().ok()?;
    Some(SocketAddr::new(address, port))
}
