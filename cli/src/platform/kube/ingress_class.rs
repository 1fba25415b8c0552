//! The class of the bundled ingress controller: all shops of a cluster that bring a controller along share one.

use k8s_openapi::api::rbac::v1::ClusterRole;
use kube::api::ListParams;
use kube::{Api, ResourceExt as _};

use super::apply::insist;
use super::cluster::Cluster;
use super::labels::OF_OUR_SHOP;
use crate::platform::{Error, Events};

/// The kind.
pub const INGRESS_CLASS: &str = "IngressClass";

/// What the controller of a shop may read outside of its namespace is named after that namespace.
pub fn role(namespace: &str) -> String {
    format!("{namespace}-traefik")
}

/// Whether another shop of this cluster has a controller too. Who may not look at that must not take the class away.
pub async fn is_needed_by_others(cluster: &Cluster, namespace: &str) -> Result<bool, Error> {
    let roles: Api<ClusterRole> = Api::all(cluster.client.clone());
    let ours = ListParams::default().labels(OF_OUR_SHOP);
    let own = role(namespace);
    match insist(&Events::unheard(), || roles.list(&ours)).await {
        Ok(roles) => Ok(roles.iter().any(|role| role.name_any() != own)),
        Err(kube::Error::Api(status)) if status.code == 403 => Ok(true),
        Err(error) => Err(cluster.failed("list the cluster roles of other shops", &error)),
    }
}
