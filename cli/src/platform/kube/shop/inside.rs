//! The ways into a shop on Kubernetes that the public does not have.

use std::collections::BTreeMap;

use async_trait::async_trait;
use futures_util::future::{join_all, try_join_all};

use super::door::LocalDoor;
use super::line::Line;
use super::seen::Seen;
use super::{pods, postgres, redis, scrape};
use crate::config::kubernetes::{Database, Kubernetes};
use crate::plan::Component;
use crate::platform::kube::{Cluster, logs};
use crate::platform::{Error, Inside, Process};

/// The port with metrics and probes.
const INTERNAL: u16 = 9090;

/// How old a line of a log may be, in seconds.
const LAST: i64 = 60;

/// Pods are reached through the API server, which needs no way into their network.
pub struct KubeInside {
    cluster: Cluster,
    namespace: String,
    kubernetes: Kubernetes,
    /// The door that was opened on this machine; it closes with this value.
    _door: Option<LocalDoor>,
}

impl KubeInside {
    /// The ways into the shop in that namespace.
    pub fn new(
        cluster: &Cluster,
        namespace: &str,
        kubernetes: &Kubernetes,
        door: Option<LocalDoor>,
    ) -> Self {
        Self {
            cluster: cluster.clone(),
            namespace: namespace.to_owned(),
            kubernetes: kubernetes.clone(),
            _door: door,
        }
    }

    /// What no pod tells: a database somewhere else answers, or it does not.
    async fn elsewhere(&self, component: Component) -> Option<Option<String>> {
        let external = matches!(self.kubernetes.database, Database::External { .. });
        if component != Component::Postgres || !external {
            return None;
        }
        let trouble = self.database().await.err();
        Some(trouble.map(|error| error.to_string()))
    }

    async fn text(&self, service: Component, pod: &str) -> Result<String, Error> {
        let line = Line::to(&self.cluster, &self.namespace, pod, INTERNAL).await?;
        let text = line.speak(async |stream| scrape::get(stream, "/metrics").await);
        text.await.map_err(|cause| Error::Request {
            request: format!("GET /metrics of {service} in pod `{pod}`"),
            cause,
        })
    }
}

#[async_trait]
impl Inside for KubeInside {
    async fn processes(&self) -> Result<Vec<Process>, Error> {
        let seen = Seen::of(&self.cluster, &self.namespace).await?;
        let mut processes = Vec::new();
        for component in Component::ALL {
            let trouble = match self.elsewhere(component).await {
                Some(trouble) => trouble,
                None => seen.part(component).trouble(&self.cluster, &self.namespace),
            };
            processes.push(Process { component, trouble });
        }
        Ok(processes)
    }

    async fn metrics(&self, service: Component) -> Result<BTreeMap<String, String>, Error> {
        let ready = pods::ready(&self.cluster, &self.namespace, service).await?;
        let texts = ready.into_iter().map(async |pod| {
            let text = self.text(service, &pod).await?;
            Ok::<_, Error>((pod, text))
        });
        let mut texts: BTreeMap<_, _> = try_join_all(texts).await?.into_iter().collect();
        // A pod that is leaving may be gone at any moment.
        let leaving = pods::leaving(&self.cluster, &self.namespace, service).await?;
        let leaving = leaving.into_iter().map(async |pod| {
            let text = self.text(service, &pod).await.ok()?;
            Some((pod, text))
        });
        texts.extend(join_all(leaving).await.into_iter().flatten());
        Ok(texts)
    }

    async fn database(&self) -> Result<tokio_postgres::Client, Error> {
        postgres::connect(&self.cluster, &self.namespace, &self.kubernetes).await
    }

    async fn redis(&self) -> Result<::redis::aio::MultiplexedConnection, Error> {
        redis::connect(&self.cluster, &self.namespace).await
    }

    async fn log_lines(&self, service: Component, needle: &str) -> Result<Vec<String>, Error> {
        logs::containing(&self.cluster, &self.namespace, service, LAST, needle).await
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::get;

    use super::*;
    use crate::config::{self, Overrides};
    use crate::platform::kube::shop::forwarding::{Forwarding, serve};

    fn inside(api: &Forwarding) -> KubeInside {
        let config = config::resolve(Overrides::default()).unwrap();
        KubeInside::new(&api.cluster, "shop", &config.kubernetes, None)
    }

    #[tokio::test]
    async fn every_ready_pod_says_its_metrics() {
        let metrics = |text: &'static str| Router::new().route("/metrics", get(async move || text));
        let (first, _server) = serve(metrics("first")).await;
        let (second, _server) = serve(metrics("second")).await;
        let pods = [
            ("backend-1", "backend"),
            ("backend-2", "backend"),
            ("frontend-1", "frontend"),
        ];
        let servers = BTreeMap::from([(("backend-1", 9090), first), (("backend-2", 9090), second)]);
        let api = Forwarding::to(&pods, servers).await;
        let inside = inside(&api);
        let texts = inside.metrics(Component::Backend).await.unwrap();
        let texts: Vec<_> = texts.values().collect();
        assert_eq!(texts, ["first", "second"]);
        let refused = inside.metrics(Component::Frontend).await.unwrap_err();
        assert_eq!(
            refused.to_string(),
            "GET /metrics of frontend in pod `frontend-1` failed: error forwarding port 9090: connection refused"
        );
        let missing = inside.metrics(Component::MlService).await.unwrap_err();
        assert_eq!(
            missing.to_string(),
            "ml-service is not ready: no pod of it is ready in namespace `shop`"
        );
    }
}
