//! Whether the release before serves on, whatever has become of the newest one.

use std::time::Duration;

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::Pod;
use kube::api::ListParams;
use kube::{Api, ResourceExt as _};
use tokio::time::timeout;

use crate::plan::Component;
use crate::platform::Events;
use crate::platform::kube::apply::insist;
use crate::platform::kube::diagnosis::Snapshot;
use crate::platform::kube::labels::{NAME, OF_A_SHOP};
use crate::platform::kube::{Cluster, Inventory, is_ready};

/// How long it may take to tell. An API server that is away was waited for before.
const ANSWER: Duration = Duration::from_secs(10);

/// Whether the release before serves on; none where nobody could be asked.
pub async fn is_serving(cluster: &Cluster, namespace: &str) -> Option<bool> {
    let asking = async {
        let pods: Api<Pod> = Api::namespaced(cluster.client.clone(), namespace);
        let sets: Api<StatefulSet> = Api::namespaced(cluster.client.clone(), namespace);
        let ours = ListParams::default().labels(OF_A_SHOP);
        let unheard = Events::unheard();
        let (pods, sets) = tokio::try_join!(
            insist(&unheard, || pods.list(&ours)),
            insist(&unheard, || sets.list(&ours)),
        )
        .ok()?;
        let snapshot = Snapshot {
            pods: pods.items,
            stateful_sets: sets.items,
            ..Snapshot::default()
        };
        Some(serves_on(cluster, namespace, &snapshot).await)
    };
    timeout(ANSWER, asking).await.ok()?
}

/// The same, of what is known to be there. The inventory names a release that was applied to its end; the one that is
/// being applied is not in it yet, so that pods without it are no release before.
pub async fn serves_on(cluster: &Cluster, namespace: &str, snapshot: &Snapshot) -> bool {
    if !is_whole(snapshot) {
        return false;
    }
    let inventory = Inventory::read(cluster, namespace).await;
    inventory.is_ok_and(|inventory| inventory.release.is_some())
}

/// Whether every service, and every store that is there, has a pod that is ready.
fn is_whole(snapshot: &Snapshot) -> bool {
    let services = Component::SERVICES.iter().map(|service| service.name());
    let stores = snapshot
        .stateful_sets
        .iter()
        .filter_map(|set| set.labels().get(NAME));
    let mut needed = services.chain(stores.map(String::as_str));
    needed.all(|name| {
        let mut pods = snapshot.pods.iter();
        pods.any(|pod| pod.labels().get(NAME).is_some_and(|own| own == name) && is_ready(pod))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn snapshot(ready: &[&str]) -> Snapshot {
        let pod = |name: &&str| {
            let condition = json!([{"type": "Ready", "status": "True"}]);
            serde_json::from_value(json!({"metadata": {"name": name, "labels": {NAME: name}},
                "status": {"conditions": condition}}))
            .unwrap()
        };
        let set = json!({"metadata": {"name": "postgres", "labels": {NAME: "postgres"}}});
        Snapshot {
            pods: ready.iter().map(pod).collect(),
            stateful_sets: vec![serde_json::from_value(set).unwrap()],
            ..Snapshot::default()
        }
    }

    #[test]
    fn a_shop_without_one_of_its_parts_does_not_serve() {
        let all = ["backend", "frontend", "ml-service", "postgres"];
        assert!(is_whole(&snapshot(&all)));
        for missing in all {
            let others: Vec<_> = all.into_iter().filter(|name| *name != missing).collect();
            assert!(!is_whole(&snapshot(&others)), "{missing}");
        }
    }
}
