//! Where the controller of the entry lets people in when it publishes no address: a port of every node, or a port of the
//! nodes on which it runs.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use k8s_openapi::api::core::v1::{Pod, Service};
use k8s_openapi::api::networking::v1::{Ingress, IngressClass};
use kube::api::{DynamicObject, ListParams};
use kube::{Api, Resource, ResourceExt as _};
use serde::de::DeserializeOwned;

use super::address::{GATEWAY, INGRESS};
use crate::config::kubernetes::{Expose, Kubernetes, Label};
use crate::platform::kube::{Cluster, Node, gateway_class};

/// The label of what a controller makes for one Gateway.
const GATEWAY_NAME: &str = "gateway.networking.k8s.io/gateway-name";

/// The ports of nodes that lead to the controller: those of Services, then those that pods take themselves. Empty where
/// that cannot be told, or where a caller whose rights end at the namespace may not look.
pub async fn node_ports(
    cluster: &Cluster,
    namespace: &str,
    kubernetes: &Kubernetes,
    port: u16,
) -> Vec<SocketAddr> {
    let controller = Controller::of(cluster, namespace, &kubernetes.expose).await;
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
        .filter(|service| controller.has(service.labels()));
    let everywhere = own.filter_map(|service| node_port(service, port));
    let mut found: Vec<_> = everywhere
        .flat_map(|port| nodes.iter().filter_map(move |node| at(node, port)))
        .collect();
    let doors = pods.iter().filter(|pod| controller.has(pod.labels()));
    let listening = doors.filter(|pod| takes(pod, port));
    let names: Vec<_> = listening
        .filter_map(|pod| pod.spec.as_ref()?.node_name.as_deref())
        .collect();
    let listening = nodes
        .iter()
        .filter(|node| names.contains(&node.name.as_str()));
    found.extend(listening.filter_map(|node| at(node, port)));
    found
}

/// Who serves the entry.
struct Controller {
    /// What the class of the entry says of it, such as `traefik.io/ingress-controller`.
    name: Option<String>,
    is_gateway: bool,
}

impl Controller {
    async fn of(cluster: &Cluster, namespace: &str, expose: &Expose) -> Self {
        Self {
            name: match &expose.gateway {
                Some(gateway) => of_gateway(cluster, gateway.class.as_str()).await,
                None => of_ingress(cluster, namespace).await,
            },
            is_gateway: expose.gateway.is_some(),
        }
    }

    /// Whether an object with these labels is the controller's. The usual label of its objects is a name in what the
    /// class says; what was made for one Gateway says for which.
    fn has(&self, labels: &BTreeMap<String, String>) -> bool {
        if self.is_gateway && labels.get(GATEWAY_NAME).is_some_and(|name| name == GATEWAY) {
            return true;
        }
        match (labels.get("app.kubernetes.io/name"), &self.name) {
            (Some(name), Some(controller)) => names(controller).any(|one| one == name),
            _ => false,
        }
    }
}

/// The names in `DOMAIN/PATH`: the last part of the path, as in `k8s.io/ingress-nginx`, and the first one of the domain, as
/// in `traefik.io/ingress-controller`.
fn names(controller: &str) -> impl Iterator<Item = &str> {
    let last = controller.rsplit('/').next();
    let first = controller.split(['.', '/']).next();
    last.into_iter().chain(first)
}

async fn of_ingress(cluster: &Cluster, namespace: &str) -> Option<String> {
    let ingresses: Api<Ingress> = Api::namespaced(cluster.client.clone(), namespace);
    let ingress = ingresses.get_opt(INGRESS).await.ok()??;
    let class = ingress.spec?.ingress_class_name?;
    let classes: Api<IngressClass> = Api::all(cluster.client.clone());
    classes.get_opt(&class).await.ok()??.spec?.controller
}

async fn of_gateway(cluster: &Cluster, class: &str) -> Option<String> {
    let resource = gateway_class::resource();
    let classes: Api<DynamicObject> = Api::all_with(cluster.client.clone(), &resource);
    let class = classes.get_opt(class).await.ok()??;
    let name = class.data.pointer("/spec/controllerName")?.as_str()?;
    Some(name.to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_the_controllers_by_a_whole_name() {
        let has = |controller: &str, label: &str| {
            let controller = Controller {
                name: Some(controller.to_owned()),
                is_gateway: false,
            };
            let label = ("app.kubernetes.io/name".to_owned(), label.to_owned());
            controller.has(&BTreeMap::from([label]))
        };
        assert!(has("k8s.io/ingress-nginx", "ingress-nginx"));
        assert!(has("traefik.io/ingress-controller", "traefik"));
        assert!(!has("k8s.io/ingress-nginx", "nginx"));
        assert!(!has("k8s.io/ingress-nginx", "ingress"));
    }
}
