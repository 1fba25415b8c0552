//! The addresses that the cluster publishes for the shop's entry.

use k8s_openapi::api::networking::v1::Ingress;
use kube::Api;
use kube::api::{ApiResource, DynamicObject, GroupVersionKind};
use serde_json::Value;

use crate::config::kubernetes::Expose;
use crate::platform::Error;
use crate::platform::kube::Cluster;

/// The Ingress, as the handbook knows it.
pub const INGRESS: &str = "shopmicro-ingress";

/// The Gateway.
pub const GATEWAY: &str = "shopmicro";

/// Addresses and names; none as long as nobody has published any, or where there is no entry at all.
pub async fn published(
    cluster: &Cluster,
    namespace: &str,
    expose: &Expose,
) -> Result<Vec<String>, Error> {
    if expose.gateway.is_some() {
        return of_gateway(cluster, namespace).await;
    }
    let ingresses: Api<Ingress> = Api::namespaced(cluster.client.clone(), namespace);
    let ingress = ingresses.get_opt(INGRESS).await;
    let ingress = ingress.map_err(|error| {
        let action = format!("read ingress `{INGRESS}` in namespace `{namespace}`");
        cluster.failed(action, &error)
    })?;
    let status = ingress.and_then(|ingress| ingress.status);
    let balancer = status.and_then(|status| status.load_balancer);
    let entries = balancer.and_then(|balancer| balancer.ingress);
    Ok(entries
        .unwrap_or_default()
        .into_iter()
        .filter_map(|entry| entry.ip.or(entry.hostname))
        .collect())
}

async fn of_gateway(cluster: &Cluster, namespace: &str) -> Result<Vec<String>, Error> {
    let kind = GroupVersionKind::gvk("gateway.networking.k8s.io", "v1", "Gateway");
    let resource = ApiResource::from_gvk(&kind);
    let gateways: Api<DynamicObject> =
        Api::namespaced_with(cluster.client.clone(), namespace, &resource);
    let gateway = gateways.get_opt(GATEWAY).await;
    let gateway = gateway.map_err(|error| {
        let action = format!("read gateway `{GATEWAY}` in namespace `{namespace}`");
        cluster.failed(action, &error)
    })?;
    let data = gateway.map(|gateway| gateway.data).unwrap_or_default();
    let addresses = data
        .pointer("/status/addresses")
        .and_then(Value::as_array)
        .cloned();
    Ok(addresses
        .unwrap_or_default()
        .iter()
        .filter_map(|address| address["value"].as_str())
        .map(str::to_owned)
        .collect())
}
