//! How the shop is reached from outside of the cluster.

use schemars::JsonSchema;
use serde::Deserialize;

use super::shape::Label;
use super::workload::Refusal;
use super::{Cidr, Host, ObjectName};
use crate::config::file::section;

/// `expose` as it is written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExposeFile {
    /// Which API of Kubernetes describes the entry.
    pub api: Option<Api>,
    /// The host that the shop answers to.
    pub host: Option<Host>,
    /// TLS at the entry.
    pub tls: Option<TlsFile>,
    /// The Gateway, where `api` is `gateway`.
    pub gateway: Option<GatewayFile>,
}

/// `expose.tls` as it is written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TlsFile {
    /// The Secret with certificate and key.
    pub secret: Option<ObjectName>,
    /// The Issuer of cert-manager in the shop's namespace that fills the Secret.
    pub issuer: Option<ObjectName>,
    /// The `ClusterIssuer` of cert-manager that fills the Secret.
    pub cluster_issuer: Option<ObjectName>,
}

/// `expose.gateway` as it is written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GatewayFile {
    /// The `GatewayClass`.
    pub class: Option<ObjectName>,
}

/// `ingress` as it is written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IngressFile {
    /// The `IngressClass`; the cluster's default one without it.
    pub class: Option<ObjectName>,
    /// Install the bundled Traefik.
    pub install: bool,
    /// The namespace of the controller; without it, every namespace but the shop's own may reach the shop.
    pub namespace: Option<Label>,
    /// Where requests come from when the controller is not in the pod network, such as a load balancer of a cloud.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<Vec<Cidr>>")]
    pub cidrs: Vec<Cidr>,
}

/// Which API of Kubernetes describes the entry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Api {
    /// Ingress.
    #[default]
    Ingress,
    /// Gateway and `HTTPRoute`.
    Gateway,
}

/// How the shop is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expose {
    /// The host.
    pub host: Host,
    /// TLS, if any.
    pub tls: Option<Tls>,
    /// The Gateway; none when it is an Ingress.
    pub gateway: Option<Gateway>,
    /// The controller.
    pub ingress: Ingress,
}

/// TLS at the entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The Secret with certificate and key.
    pub secret: ObjectName,
    /// Who fills it; none when it is there already.
    pub issuer: Option<Issuer>,
}

/// An issuer of cert-manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Issuer {
    /// One of the namespace.
    Namespaced(ObjectName),
    /// One of the cluster.
    Cluster(ObjectName),
}

/// A Gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gateway {
    /// Its `GatewayClass`.
    pub class: ObjectName,
}

/// The controller that reads Ingresses, or the one behind the Gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingress {
    /// The `IngressClass`; none for the cluster's default.
    pub class: Option<ObjectName>,
    /// Whether the bundled Traefik is installed.
    pub install: bool,
    /// The controller's namespace, where it was named.
    pub namespace: Option<Label>,
    /// Where requests come from besides.
    pub cidrs: Vec<Cidr>,
}

impl Expose {
    pub(super) fn resolve(file: ExposeFile, ingress: IngressFile) -> Result<Self, Refusal> {
        let ExposeFile {
            api,
            host,
            tls,
            gateway,
        } = file;
        let gateway = match (api.unwrap_or_default(), gateway.and_then(|file| file.class)) {
            (Api::Gateway, Some(class)) => Some(Gateway { class }),
            (Api::Gateway, None) => {
                let cause = "it must be named where `expose.api` is `gateway`";
                return Err(("expose.gateway.class", String::new(), cause));
            }
            (Api::Ingress, _) => None,
        };
        let IngressFile {
            class,
            install,
            namespace,
            cidrs,
        } = ingress;
        if install && gateway.is_some() {
            let cause =
                "the bundled Traefik reads Ingresses; leave it out where `expose.api` is `gateway`";
            return Err(("ingress.install", "true".to_owned(), cause));
        }
        if install
            && class
                .as_ref()
                .is_some_and(|class| class.as_str() != BUNDLED)
        {
            let cause =
                "the bundled Traefik makes the class `shopmicro-traefik`; name that or none";
            let class = class.map_or_else(String::new, |class| class.as_str().to_owned());
            return Err(("ingress.class", class, cause));
        }
        Ok(Self {
            host: host
                .map_or_else(|| Host::try_from("shopmicro.local".to_owned()), Ok)
                .map_err(|cause| ("expose.host", cause, "the default is no host"))?,
            tls: tls.map(Tls::resolve).transpose()?,
            gateway,
            ingress: Ingress {
                class: if install {
                    ObjectName::try_from(BUNDLED.to_owned()).ok()
                } else {
                    class
                },
                install,
                namespace,
                cidrs,
            },
        })
    }
}

/// The `IngressClass` of the bundled Traefik.
const BUNDLED: &str = "shopmicro-traefik";

impl Tls {
    fn resolve(file: TlsFile) -> Result<Self, Refusal> {
        let TlsFile {
            secret,
            issuer,
            cluster_issuer,
        } = file;
        let issuer = match (issuer, cluster_issuer) {
            (Some(_), Some(_)) => {
                let cause = "name either `issuer` or `cluster_issuer`";
                return Err(("expose.tls", "{…}".to_owned(), cause));
            }
            (Some(name), None) => Some(Issuer::Namespaced(name)),
            (None, Some(name)) => Some(Issuer::Cluster(name)),
            (None, None) => None,
        };
        let secret = match (secret, &issuer) {
            (Some(secret), _) => secret,
            (None, Some(_)) => ObjectName::try_from("shopmicro-tls".to_owned())
                .map_err(|cause| ("expose.tls.secret", cause, "the default is no name"))?,
            (None, None) => {
                let cause = "name the `secret` with the certificate, or the `issuer` or `cluster_issuer` that makes it";
                return Err(("expose.tls", "{}".to_owned(), cause));
            }
        };
        Ok(Self { secret, issuer })
    }
}
