//! A front door on this machine for a shop that has no address: `/api` goes to the backend, everything else to the
//! frontend, as the Ingress would have it.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum_reverse_proxy::{HostBehaviour, ProxyPolicy, ReverseProxy};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::tunnel::{Tunnel, no_port};
use crate::plan::Component;
use crate::platform::Error;
use crate::platform::kube::Cluster;

/// The port of the services that is for the public.
const PUBLIC: u16 = 8080;

/// How long a service may take until it answers.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// An open door; it closes with this value.
pub struct LocalDoor {
    /// Where it is.
    pub address: SocketAddr,
    server: JoinHandle<()>,
    _tunnels: [Tunnel; 2],
}

impl Drop for LocalDoor {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl LocalDoor {
    /// Opens it.
    pub async fn open(cluster: &Cluster, namespace: &str) -> Result<Self, Error> {
        let (backend, frontend) = tokio::join!(
            Tunnel::to(cluster, namespace, Component::Backend, PUBLIC),
            Tunnel::to(cluster, namespace, Component::Frontend, PUBLIC),
        );
        let (backend, frontend) = (backend?, frontend?);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.map_err(|error| no_port(&error))?;
        let address = listener.local_addr().map_err(|error| no_port(&error))?;
        let app = router(backend.address, frontend.address);
        let server = tokio::spawn(async {
            // It ends with an error only when the listener does.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self {
            address,
            server,
            _tunnels: [backend, frontend],
        })
    }
}

fn router(backend: SocketAddr, frontend: SocketAddr) -> Router {
    let proxy = |to: SocketAddr| {
        let policy = ProxyPolicy::new()
            .with_host_behaviour(HostBehaviour::Preserve)
            .with_upstream_timeout(ANSWER_TIMEOUT);
        ReverseProxy::new("", format!("http://{to}")).with_policy(policy)
    };
    let backend = proxy(backend);
    Router::new()
        .route_service("/api", backend.clone())
        .route_service("/api/", backend.clone())
        .route_service("/api/{*rest}", backend)
        .fallback_service(proxy(frontend))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use axum::routing::get;

    use super::*;
    use crate::platform::kube::shop::forwarding::{Forwarding, serve};

    #[tokio::test]
    async fn paths_lead_where_the_ingress_leads_them() {
        let server = |text: &'static str| Router::new().fallback(get(async move || text));
        let (backend, _server) = serve(server("backend")).await;
        let (frontend, _server) = serve(server("frontend")).await;
        let pods = [("backend-1", "backend"), ("frontend-1", "frontend")];
        let servers = BTreeMap::from([
            (("backend-1", PUBLIC), backend),
            (("frontend-1", PUBLIC), frontend),
        ]);
        let api = Forwarding::to(&pods, servers).await;
        let door = LocalDoor::open(&api.cluster, "shop").await.unwrap();
        for (path, who) in [
            ("/api", "backend"),
            ("/api/health", "backend"),
            ("/", "frontend"),
            ("/apiary", "frontend"),
        ] {
            let address = format!("http://{}{path}", door.address);
            let answer = reqwest::get(address).await.unwrap();
            assert_eq!(answer.text().await.unwrap(), who, "{path}");
        }
    }
}
