//! What the templates are told.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::credentials::postgres_secret;
use super::pinned::Pinned;
use crate::config::Config;
use crate::config::kubernetes::{
    Amounts, Certificates, Cidr, Database, Endpoint, Expose, Issuer, Kubernetes, Label, ObjectName,
    Quantity, Resources, Storage, Tls, Workload,
};

/// Connections of one backend to PostgreSQL.
const POOL_SIZE: u32 = 8;

/// Connections for operators, jobs and the server itself.
const SPARE_CONNECTIONS: u32 = 30;

/// Everything that the templates are told, as one document.
pub fn context(config: &Config, images: &BTreeMap<&'static str, Pinned>, release: &str) -> Value {
    let kubernetes = &config.kubernetes;
    let namespace = kubernetes.namespace.as_str();
    let endpoint = config.otlp_endpoint.as_ref();
    let of_quantity = |quantity: &str| Quantity::try_from(quantity).ok();
    json!({
        "namespace": namespace,
        "dns_cidrs": cidrs(&kubernetes.dns_cidrs),
        "release": release,
        "log": config.log,
        "otlp_endpoint": endpoint.map(Endpoint::as_str),
        "collector": endpoint.map(|endpoint| collector(endpoint, kubernetes)),
        "prometheus_namespace": kubernetes.prometheus_namespace.as_ref().map(Label::as_str),
        "pull_secret": kubernetes.images.pull_secret.as_ref().map(ObjectName::as_str),
        "images": images_by_variable(images),
        "backend": backend(config),
        "ml_service": workload(&kubernetes.ml_service),
        "frontend": workload(&kubernetes.frontend),
        "postgres": postgres(kubernetes),
        "redis": redis(kubernetes),
        "jobs": amounts(["50m", "64Mi", "1", "256Mi"].map(of_quantity)),
        "traefik": amounts(["50m", "64Mi", "1", "256Mi"].map(of_quantity)),
        "training": {
            "schedule": kubernetes.training_schedule.as_str(),
            "requests": amount(&kubernetes.training.requests),
            "limits": amount(&kubernetes.training.limits),
        },
        "expose": expose(&kubernetes.expose, namespace),
        "traefik_cluster_role": format!("{namespace}-traefik"),
        "traefik_namespaces": format!("--providers.kubernetesingress.namespaces={namespace}"),
        "traefik_published_service":
            format!("--providers.kubernetesingress.ingressendpoint.publishedservice={namespace}/traefik"),
    })
}

/// Names with hyphens are no variables.
fn images_by_variable(images: &BTreeMap<&'static str, Pinned>) -> Value {
    let entry = |(part, pinned): (&&str, &Pinned)| {
        let Pinned { reference, version } = pinned;
        let value = json!({ "reference": reference, "version": version });
        (part.replace('-', "_"), value)
    };
    images.iter().map(entry).collect()
}

fn backend(config: &Config) -> Value {
    let settings = &config.backend;
    let text = |number: u128| number.to_string();
    let mut value = workload(&config.kubernetes.backend);
    let own = json!({
        // Values of environment variables are texts.
        "ml_service_timeout_ms": text(settings.ml_service_timeout.as_millis()),
        "cart_ttl_seconds": text(settings.cart_ttl.as_secs().into()),
        "product_cache_ttl_seconds": text(settings.product_cache_ttl.as_secs().into()),
        "pool_size": text(POOL_SIZE.into()),
    });
    if let (Value::Object(value), Value::Object(own)) = (&mut value, own) {
        value.extend(own);
    }
    value
}

fn workload(workload: &Workload) -> Value {
    let Workload {
        min,
        max,
        target_cpu,
        resources,
    } = workload;
    json!({
        "min": min,
        "max": max,
        "target_cpu": target_cpu,
        "scales": workload.scales(),
        "requests": amount(&resources.requests),
        "limits": amount(&resources.limits),
    })
}

fn amount(Amounts { cpu, memory }: &Amounts) -> Value {
    json!({ "cpu": cpu.as_str(), "memory": memory.as_str() })
}

fn amounts(quantities: [Option<Quantity>; 4]) -> Value {
    let [cpu, memory, cpu_limit, memory_limit] =
        quantities.map(|quantity| quantity.map(|quantity| quantity.as_str().to_owned()));
    json!({
        "requests": { "cpu": cpu, "memory": memory },
        "limits": { "cpu": cpu_limit, "memory": memory_limit },
    })
}

fn postgres(kubernetes: &Kubernetes) -> Value {
    let secret = postgres_secret(kubernetes);
    match &kubernetes.database {
        Database::Bundled { storage, resources } => json!({
            "bundled": true,
            "ca": null,
            "secret": secret,
            "cidrs": [],
            "port": 5432,
            "max_connections": format!("max_connections={}", connections(kubernetes)),
            "storage": volume(storage),
            "requests": amount(&resources.requests),
            "limits": amount(&resources.limits),
        }),
        Database::External {
            ca, cidrs, port, ..
        } => json!({
            "bundled": false,
            "ca": ca.as_ref().map(Certificates::as_str),
            "secret": secret,
            "cidrs": self::cidrs(cidrs),
            "port": port,
        }),
    }
}

fn cidrs(cidrs: &[Cidr]) -> Value {
    cidrs.iter().map(Cidr::as_str).collect()
}

/// Enough for all replicas there may be, in full hundreds: changing it restarts the server.
fn connections(kubernetes: &Kubernetes) -> u32 {
    let backends = u32::from(kubernetes.backend.max) + 1;
    let others = u32::from(kubernetes.ml_service.max) + 1;
    (backends * POOL_SIZE + others + SPARE_CONNECTIONS).next_multiple_of(100)
}

fn redis(kubernetes: &Kubernetes) -> Value {
    let redis = &kubernetes.redis;
    let Resources { requests, limits } = &redis.resources;
    json!({
        // While it writes its file anew, the server needs more than its data.
        "max_memory": (limits.memory.whole() * 2 / 3).to_string(),
        "storage": volume(&redis.storage),
        "requests": amount(requests),
        "limits": amount(limits),
    })
}

fn volume(Storage { size, class }: &Storage) -> Value {
    json!({ "size": size.as_str(), "class": class.as_ref().map(ObjectName::as_str) })
}

fn expose(expose: &Expose, namespace: &str) -> Value {
    let ingress = &expose.ingress;
    json!({
        "host": expose.host.as_str(),
        "tls": expose.tls.as_ref().map(tls),
        "gateway_class": expose.gateway.as_ref().map(|gateway| gateway.class.as_str()),
        "class": ingress.class.as_ref().map(ObjectName::as_str),
        "entry": {
            "install": ingress.install,
            "namespace": ingress.namespace.as_ref().map(Label::as_str),
            "own_namespace": namespace,
            "cidrs": cidrs(&ingress.cidrs),
        },
    })
}

fn tls(Tls { secret, issuer }: &Tls) -> Value {
    let (namespaced, cluster) = match issuer {
        Some(Issuer::Namespaced(name)) => (Some(name.as_str()), None),
        Some(Issuer::Cluster(name)) => (None, Some(name.as_str())),
        None => (None, None),
    };
    json!({ "secret": secret.as_str(), "issuer": namespaced, "cluster_issuer": cluster })
}

/// Where traces go, as a network policy can say it. A name is read as the pods' resolver reads it, which asks the cluster
/// first: `NAME.NAMESPACE` is a Service. `telemetry.collector_cidrs` has the last word.
fn collector(endpoint: &Endpoint, kubernetes: &Kubernetes) -> Value {
    let port = endpoint.port();
    let blocks = |cidrs: Vec<String>| json!({ "namespace": null, "cidrs": cidrs, "port": port });
    let given = &kubernetes.collector_cidrs;
    if !given.is_empty() {
        return blocks(given.iter().map(|cidr| cidr.as_str().to_owned()).collect());
    }
    if let Some(address) = endpoint.address() {
        let length = if address.is_ipv4() { 32 } else { 128 };
        return blocks(vec![format!("{address}/{length}")]);
    }
    let labels: Vec<_> = endpoint.host().split('.').collect();
    let namespace = match labels.as_slice() {
        [_] => kubernetes.namespace.as_str(),
        [_, namespace] | [_, namespace, "svc", ..] | [_, _, namespace, "svc", ..] => namespace,
        // No policy can name a host outside of the cluster.
        _ => return blocks(vec!["0.0.0.0/0".to_owned(), "::/0".to_owned()]),
    };
    json!({ "namespace": namespace, "cidrs": [], "port": port })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::kubernetes::{Sections, resolve};

    fn place(endpoint: &str, cidrs: &[&str]) -> Value {
        let cidr = |text: &&str| serde_json::from_value::<Cidr>(json!(text)).unwrap();
        let kubernetes = resolve(Sections {
            collector_cidrs: cidrs.iter().map(cidr).collect(),
            ..Sections::default()
        });
        let endpoint = Endpoint::try_from(endpoint.to_owned()).unwrap();
        collector(&endpoint, &kubernetes.unwrap())
    }

    #[test]
    fn the_collector_is_named_as_closely_as_a_policy_can() {
        let namespace = |name, port| json!({ "namespace": name, "cidrs": [], "port": port });
        let blocks =
            |cidrs: &[&str], port| json!({ "namespace": null, "cidrs": cidrs, "port": port });
        for (endpoint, expected) in [
            ("http://otel:4318", namespace("shopmicro", 4318)),
            ("http://otel.tracing:4318/x", namespace("tracing", 4318)),
            ("http://otel.tracing.svc", namespace("tracing", 80)),
            (
                "http://otel.tracing.svc.cluster.local.",
                namespace("tracing", 80),
            ),
            (
                "http://otel-0.otel.tracing.svc.cluster.local",
                namespace("tracing", 80),
            ),
            ("http://10.0.0.7:4318", blocks(&["10.0.0.7/32"], 4318)),
            ("http://[fd00::1]:4318", blocks(&["fd00::1/128"], 4318)),
            (
                "http://otel.example.com:4318",
                blocks(&["0.0.0.0/0", "::/0"], 4318),
            ),
        ] {
            assert_eq!(place(endpoint, &[]), expected, "{endpoint}");
        }
    }

    #[test]
    fn what_a_name_cannot_say_is_said_by_the_blocks() {
        let outside = json!({ "namespace": null, "cidrs": ["192.0.2.7/32"], "port": 4318 });
        assert_eq!(place("http://example.com:4318", &["192.0.2.7/32"]), outside);
    }
}
