//! Whether the shop serves, whatever has become of the newest release.

use kube::ResourceExt as _;

use crate::plan::Component;
use crate::platform::kube::diagnosis::Snapshot;
use crate::platform::kube::is_ready;
use crate::platform::kube::labels::NAME;

/// Whether every service, and every store that is there, has a pod that is ready.
pub fn is_serving(snapshot: &Snapshot) -> bool {
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
        assert!(is_serving(&snapshot(&all)));
        for missing in all {
            let others: Vec<_> = all.into_iter().filter(|name| *name != missing).collect();
            assert!(!is_serving(&snapshot(&others)), "{missing}");
        }
    }
}
