//! Where the shop lets the public in, as seen from this machine.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::address::{self, GATEWAY, INGRESS};
use super::controller::node_ports;
use super::door::LocalDoor;
use super::ours::is_ours;
use crate::config::Config;
use crate::config::kubernetes::Expose;
use crate::platform::kube::Cluster;
use crate::platform::{Detour, Error};

/// How long an address may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(2);

/// How the front door was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// At an address that the cluster publishes.
    Published,
    /// At a port of a node that leads to the controller of the entry.
    NodePort,
    /// At a port of this machine that leads to the pods, past the Ingress or Gateway.
    Forwarded,
}

/// The front door.
pub struct FrontDoor {
    /// Its address with the shop's host name, without a slash at its end.
    pub url: String,
    /// Where that host is, when no DNS needs to know it.
    pub resolve: Option<(String, SocketAddr)>,
    /// How it was found.
    pub way: Way,
    /// What holds it open, when it is on this machine.
    pub local: Option<LocalDoor>,
}

impl FrontDoor {
    fn at(expose: &Expose, address: SocketAddr, way: Way) -> Self {
        Self {
            url: url(expose, address.port()),
            resolve: Some((expose.host.as_str().to_owned(), address)),
            way,
            local: None,
        }
    }

    /// Why it is not the way of the public; nothing when it is.
    pub fn detour(&self, cluster: &Cluster, namespace: &str, expose: &Expose) -> Option<Detour> {
        if self.way != Way::Forwarded {
            return None;
        }
        let (entry, kind) = if expose.gateway.is_some() {
            (format!("gateway/{GATEWAY}"), "Gateway")
        } else {
            (format!("ingress/{INGRESS}"), "Ingress")
        };
        Some(Detour {
            why: format!(
                "no address of {entry} can be reached from here: the checks went through the API server, past the {kind}"
            ),
            next: cluster.kubectl(&format!("describe {entry} -n {namespace}")),
        })
    }

    /// The line of `/etc/hosts` without which no browser finds it.
    pub fn hosts_line(&self) -> Option<String> {
        let (host, address) = self.resolve.as_ref()?;
        Some(format!("{} {host}", address.ip()))
    }
}

/// Finds the front door, or opens one on this machine where the cluster has none that can be reached.
pub async fn front_door(
    cluster: &Cluster,
    namespace: &str,
    config: &Config,
) -> Result<FrontDoor, Error> {
    if let Some(door) = published(cluster, namespace, config).await? {
        return Ok(door);
    }
    if let Some(address) = open_node_port(cluster, namespace, config).await {
        let expose = &config.kubernetes.expose;
        return Ok(FrontDoor::at(expose, address, Way::NodePort));
    }
    let local = LocalDoor::open(cluster, namespace).await?;
    Ok(FrontDoor {
        url: format!("http://{}", local.address),
        resolve: None,
        way: Way::Forwarded,
        local: Some(local),
    })
}

/// Whether the public can come in: at a published address, or at a port of the nodes where none is published.
pub async fn is_open(cluster: &Cluster, namespace: &str, config: &Config) -> Result<bool, Error> {
    let door = published(cluster, namespace, config).await?;
    Ok(match door.and_then(|door| door.resolve) {
        Some((_, address)) => knock(address).await.is_some(),
        None => open_node_port(cluster, namespace, config).await.is_some(),
    })
}

/// The first port of a node behind which the shop is. Others may listen there too, such as a second controller.
async fn open_node_port(cluster: &Cluster, namespace: &str, config: &Config) -> Option<SocketAddr> {
    let settings = &config.kubernetes;
    let expose = &settings.expose;
    let ports = node_ports(cluster, namespace, settings, port(expose)).await;
    let asked = ports.iter().map(async |address| {
        let url = url(expose, address.port());
        let ours = is_ours(&url, expose.host.as_str(), *address).await;
        ours.then_some(*address)
    });
    join_all(asked).await.into_iter().flatten().next()
}

/// The front door at an address that the cluster publishes; none as long as there is no such address.
pub async fn published(
    cluster: &Cluster,
    namespace: &str,
    config: &Config,
) -> Result<Option<FrontDoor>, Error> {
    let expose = &config.kubernetes.expose;
    let names = address::published(cluster, namespace, expose).await?;
    if names.is_empty() {
        return Ok(None);
    }
    let resolved = names.iter().map(|name| addresses(name, port(expose)));
    let addresses = join_all(resolved).await.concat();
    // A door that is published and closed is the shop's trouble, which whoever knocks finds out.
    let address = first_open(&addresses).await.or(addresses.first().copied());
    let address = address.ok_or_else(|| Error::Cluster {
        action: format!("find the front door of namespace `{namespace}`"),
        cause: format!("no address is known of {}", names.join(", ")),
        hint: "wait until your DNS knows that name, then run the same command again".to_owned(),
    })?;
    Ok(Some(FrontDoor::at(expose, address, Way::Published)))
}

async fn addresses(name: &str, port: u16) -> Vec<SocketAddr> {
    let found = lookup_host((name, port)).await;
    found.map(Iterator::collect).unwrap_or_default()
}

/// The first one that accepts a connection.
async fn first_open(addresses: &[SocketAddr]) -> Option<SocketAddr> {
    let knocked = join_all(addresses.iter().map(|address| knock(*address))).await;
    knocked.into_iter().flatten().next()
}

async fn knock(address: SocketAddr) -> Option<SocketAddr> {
    let connected = timeout(CONNECT, TcpStream::connect(address)).await;
    matches!(connected, Ok(Ok(_))).then_some(address)
}

const fn port(expose: &Expose) -> u16 {
    if expose.tls.is_some() { 443 } else { 80 }
}

fn url(expose: &Expose, at: u16) -> String {
    let scheme = if expose.tls.is_some() {
        "https"
    } else {
        "http"
    };
    let host = expose.host.as_str();
    if at == port(expose) {
        format!("{scheme}://{host}")
    } else {
        format!("{scheme}://{host}:{at}")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::config::{self, Overrides};
    use crate::platform::kube::conversation::{Answer, Conversation};
    use crate::platform::kube::shop::forwarding::serve;

    /// A server that answers like the backend; its port.
    async fn backend() -> (u16, tokio::task::JoinHandle<()>) {
        let health = json!({ "status": "ok", "release": "1-abc", "dependencies": {} });
        let app = axum::Router::new().fallback(async move || axum::Json(health));
        let (address, server) = serve(app).await;
        (address.port(), server)
    }

    fn config() -> Config {
        config::resolve(Overrides::default()).unwrap()
    }

    fn list(items: &Value) -> Answer {
        Answer::Object(json!({ "kind": "List", "metadata": {}, "items": items }))
    }

    fn ingress(entries: &Value) -> Answer {
        Answer::Object(json!({
            "metadata": { "name": "shopmicro-ingress" },
            "spec": { "ingressClassName": "nginx" },
            "status": { "loadBalancer": { "ingress": entries } },
        }))
    }

    const ENTRY: &str =
        "GET /apis/networking.k8s.io/v1/namespaces/shop/ingresses/shopmicro-ingress";

    #[tokio::test]
    async fn a_published_address_is_asked_under_the_name_of_the_shop() {
        let talk = Conversation::with(vec![(ENTRY, ingress(&json!([{ "ip": "127.0.0.1" }])))]);
        let door = front_door(&talk.cluster, "shop", &config()).await.unwrap();
        assert_eq!(door.url, "http://shopmicro.local");
        let at: SocketAddr = "127.0.0.1:80".parse().unwrap();
        assert_eq!(door.resolve, Some(("shopmicro.local".to_owned(), at)));
        assert_eq!(door.way, Way::Published);
        assert_eq!(door.hosts_line().unwrap(), "127.0.0.1 shopmicro.local");
    }

    #[tokio::test]
    async fn an_address_that_nobody_knows_is_named() {
        let entries = json!([{ "hostname": "no-such-balancer.invalid" }]);
        let talk = Conversation::with(vec![(ENTRY, ingress(&entries))]);
        let unknown = published(&talk.cluster, "shop", &config()).await.err();
        assert_eq!(
            unknown.unwrap().to_string(),
            "cannot find the front door of namespace `shop`: no address is known of no-such-balancer.invalid"
        );
    }

    #[tokio::test]
    async fn without_an_address_the_port_of_a_node_leads_in() {
        let (port, _server) = backend().await;
        let service = json!({
            "metadata": { "name": "controller", "labels": { "app.kubernetes.io/name": "ingress-nginx" } },
            "spec": { "ports": [{ "port": 80, "nodePort": port }] },
        });
        let foreign = json!({
            "metadata": { "name": "other", "labels": { "app.kubernetes.io/name": "other" } },
            "spec": { "ports": [{ "port": 80, "nodePort": 1 }] },
        });
        // Of the same controller, but with nothing of the shop behind it.
        let stranger = axum::Router::new().fallback(async || "somebody else's");
        let (other, _other) = serve(stranger).await;
        let second = json!({
            "metadata": { "name": "second", "labels": { "app.kubernetes.io/name": "ingress-nginx" } },
            "spec": { "ports": [{ "port": 80, "nodePort": other.port() }] },
        });
        let class = json!({ "metadata": { "name": "nginx" }, "spec": { "controller": "k8s.io/ingress-nginx" } });
        let node = json!({
            "metadata": { "name": "host-1" },
            "status": { "addresses": [{ "type": "InternalIP", "address": "127.0.0.1" }] },
        });
        let talk = Conversation::with(vec![
            (ENTRY, ingress(&json!([]))),
            (
                "GET /apis/networking.k8s.io/v1/ingressclasses/nginx",
                Answer::Object(class),
            ),
            (
                "GET /api/v1/services",
                list(&json!([foreign, second, service])),
            ),
            ("GET /api/v1/pods", list(&json!([]))),
            ("GET /api/v1/nodes", list(&json!([node]))),
        ]);
        let door = front_door(&talk.cluster, "shop", &config()).await.unwrap();
        assert_eq!(door.url, format!("http://shopmicro.local:{port}"));
        assert_eq!(door.way, Way::NodePort);
    }

    #[tokio::test]
    async fn without_any_entry_the_pods_must_be_there() {
        let nothing = Answer::Object(json!({ "kind": "List", "metadata": {}, "items": [] }));
        let talk = Conversation::with(vec![("GET /api/v1/namespaces/shop/pods", nothing)]);
        let closed = front_door(&talk.cluster, "shop", &config()).await.err();
        assert_eq!(
            closed.unwrap().to_string(),
            "backend is not ready: no pod of it is ready in namespace `shop`"
        );
    }
}
