//! What a cluster must have before a shop can be applied.

use k8s_openapi::api::networking::v1::IngressClass;
use kube::api::ListParams;
use kube::{Api, ResourceExt as _};

use super::apply::insist;
use super::cluster::Cluster;
use super::gateway_class;
use crate::config::kubernetes::{Kubernetes, ObjectName};
use crate::platform::{Error, Events};

/// The annotation of the class that Ingresses without one belong to.
const DEFAULT: &str = "ingressclass.kubernetes.io/is-default-class";

/// Fails where the entry could never be served.
pub async fn preflight(cluster: &Cluster, settings: &Kubernetes) -> Result<(), Error> {
    let expose = &settings.expose;
    if let Some(gateway) = &expose.gateway {
        return gateway_class::preflight(cluster, gateway.class.as_str()).await;
    }
    if expose.ingress.install {
        return Ok(());
    }
    let classes: Api<IngressClass> = Api::all(cluster.client.clone());
    let every = ListParams::default();
    let listed = match insist(&Events::unheard(), || classes.list(&every)).await {
        Ok(listed) => listed.items,
        // Who may not look may still apply; whether somebody serves the entry is then seen at its end.
        Err(kube::Error::Api(status)) if status.code == 403 => return Ok(()),
        Err(error) => return Err(cluster.failed("list the ingress classes", &error)),
    };
    let named = expose.ingress.class.as_ref().map(ObjectName::as_str);
    lacking(&listed, named).map_or(Ok(()), |what| {
        Err(Error::Prerequisite {
            what: format!("{what} in cluster `{}`", cluster.name),
            cure: ways_out(&listed),
        })
    })
}

/// What is missing; none when somebody serves the entry.
fn lacking(classes: &[IngressClass], named: Option<&str>) -> Option<String> {
    if let Some(named) = named {
        let known = classes.iter().any(|class| class.name_any() == named);
        return (!known).then(|| format!("there is no ingress class `{named}`"));
    }
    if classes.is_empty() {
        return Some("there is no ingress class".to_owned());
    }
    let default = |class: &IngressClass| {
        let mark = class.annotations().get(DEFAULT);
        mark.is_some_and(|mark| mark == "true")
    };
    let found = classes.iter().any(default);
    (!found).then(|| "no ingress class is the default one, and none is named".to_owned())
}

fn ways_out(classes: &[IngressClass]) -> String {
    let install = "install the bundled Traefik with `ingress.install: true` in shop.yaml";
    if classes.is_empty() {
        return format!("{install}, or install a controller and name its class in `ingress.class`");
    }
    let names: Vec<_> = classes
        .iter()
        .map(|class| format!("`{}`", class.name_any()))
        .collect();
    format!(
        "name a class in `ingress.class` ({}), or {install}",
        names.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn class(name: &str, default: &str) -> IngressClass {
        let class = json!({ "metadata": { "name": name, "annotations": { DEFAULT: default } } });
        serde_json::from_value(class).unwrap()
    }

    #[test]
    fn without_a_class_there_are_two_ways_out() {
        assert_eq!(lacking(&[], None).unwrap(), "there is no ingress class");
        let ways = ways_out(&[]);
        assert!(ways.contains("ingress.install: true") && ways.contains("ingress.class"));
    }

    #[test]
    fn a_default_class_serves_who_names_none() {
        assert_eq!(lacking(&[class("traefik", "true")], None), None);
        let undecided = [class("traefik", "false"), class("nginx", "")];
        assert!(lacking(&undecided, None).unwrap().contains("default"));
        assert!(ways_out(&undecided).contains("`traefik`, `nginx`"));
    }

    #[test]
    fn a_named_class_must_be_there() {
        assert_eq!(lacking(&[class("traefik", "")], Some("traefik")), None);
        let what = lacking(&[class("traefik", "true")], Some("nginx")).unwrap();
        assert_eq!(what, "there is no ingress class `nginx`");
    }
}
