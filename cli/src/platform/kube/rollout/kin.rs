//! Which objects belong to the newest revision of a workload. What is wrong with an older one is no matter of this
//! release.

use std::collections::BTreeSet;

use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;

use super::state::named;
use super::workload::{Workload, WorkloadKind};
use crate::platform::kube::diagnosis::{Snapshot, is_owned_by};
use crate::platform::kube::labels::{PART_OF, SHOP};

/// Where a Deployment and its replica sets say which revision they are.
const REVISION: &str = "deployment.kubernetes.io/revision";

/// Where a pod says which revision of a `StatefulSet` it is.
const HASH: &str = "controller-revision-hash";

/// The names of the objects whose trouble is the workload's: `pod/backend-5d-x`.
pub fn kin(workload: &Workload, snapshot: &Snapshot) -> BTreeSet<String> {
    let pods = newest_pods(workload, snapshot);
    let mut kin: BTreeSet<_> = pods
        .iter()
        .map(|pod| format!("pod/{}", pod.name_any()))
        .collect();
    kin.extend(pods.iter().flat_map(|pod| claims(pod)));
    kin.insert(workload.to_string());
    if workload.kind == WorkloadKind::Deployment {
        let deployment = named(&snapshot.deployments, &workload.name);
        let set = deployment.and_then(|one| newest_replica_set(one, snapshot));
        kin.extend(set.map(|set| format!("replicaset/{}", set.name_any())));
    }
    kin
}

/// The pods of the workload's newest revision.
pub fn newest_pods<'a>(workload: &Workload, snapshot: &'a Snapshot) -> Vec<&'a Pod> {
    let name = workload.name.as_str();
    let pods = match workload.kind {
        WorkloadKind::Deployment => named(&snapshot.deployments, name)
            .and_then(|deployment| newest_replica_set(deployment, snapshot))
            .map(|set| {
                let is_its = |pod: &&Pod| is_owned_by(&pod.metadata, "ReplicaSet", &set.metadata);
                snapshot.pods.iter().filter(is_its).collect()
            }),
        WorkloadKind::StatefulSet => {
            named(&snapshot.stateful_sets, name).map(|set| pods_of_set(set, snapshot))
        }
        WorkloadKind::Job => named(&snapshot.jobs, name).map(|job| {
            let is_its = |pod: &&Pod| is_owned_by(&pod.metadata, "Job", &job.metadata);
            snapshot.pods.iter().filter(is_its).collect()
        }),
    };
    pods.unwrap_or_default()
}

/// Whether a pod of the shop is on its way out, and makes room.
pub fn pods_leave(snapshot: &Snapshot) -> bool {
    let mut pods = snapshot.pods.iter();
    pods.any(|pod| {
        let is_ours = pod.labels().get(PART_OF).is_some_and(|shop| shop == SHOP);
        is_ours && pod.metadata.deletion_timestamp.is_some()
    })
}

/// The replica set that a Deployment makes its newest pods by; none before its controller has seen the newest change.
pub fn newest_replica_set<'a>(
    deployment: &Deployment,
    snapshot: &'a Snapshot,
) -> Option<&'a ReplicaSet> {
    let seen = deployment.status.as_ref()?.observed_generation;
    if seen < deployment.metadata.generation {
        return None;
    }
    let revision = deployment.annotations().get(REVISION)?;
    snapshot.replica_sets.iter().find(|set| {
        set.annotations().get(REVISION) == Some(revision)
            && is_owned_by(&set.metadata, "Deployment", &deployment.metadata)
    })
}

fn pods_of_set<'a>(set: &StatefulSet, snapshot: &'a Snapshot) -> Vec<&'a Pod> {
    let status = set.status.as_ref();
    let seen = status.and_then(|status| status.observed_generation);
    if seen < set.metadata.generation {
        return Vec::new();
    }
    let revision = status.and_then(|status| status.update_revision.as_ref());
    let is_newest = |pod: &&Pod| {
        is_owned_by(&pod.metadata, "StatefulSet", &set.metadata)
            && (revision.is_none() || pod.labels().get(HASH) == revision)
    };
    snapshot.pods.iter().filter(is_newest).collect()
}

fn claims(pod: &Pod) -> impl Iterator<Item = String> + '_ {
    let volumes = pod
        .spec
        .iter()
        .flat_map(|spec| spec.volumes.iter().flatten());
    let claims = volumes.filter_map(|volume| volume.persistent_volume_claim.as_ref());
    claims.map(|claim| format!("persistentvolumeclaim/{}", claim.claim_name))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn object<T: serde::de::DeserializeOwned>(value: Value) -> T {
        serde_json::from_value(value).unwrap()
    }

    fn owned(name: &str, kind: &str, owner: &str) -> Value {
        json!({"metadata": {"name": name, "ownerReferences":
            [{"apiVersion": "apps/v1", "kind": kind, "name": owner, "uid": owner}]}})
    }

    #[test]
    fn a_pod_of_an_older_revision_is_no_matter_of_this_release() {
        let set = |number: &str| {
            let mut set = owned(&format!("backend-{number}"), "Deployment", "backend");
            set["metadata"]["uid"] = json!(format!("backend-{number}"));
            set["metadata"]["annotations"] = json!({REVISION: number});
            object(set)
        };
        let deployment = json!({
            "metadata": {"name": "backend", "uid": "backend", "generation": 4, "annotations": {REVISION: "9"}},
            "status": {"observedGeneration": 4},
        });
        let snapshot = Snapshot {
            deployments: vec![object(deployment)],
            replica_sets: vec![set("9"), set("10")],
            pods: vec![
                object(owned("backend-9-a", "ReplicaSet", "backend-9")),
                object(owned("backend-10-a", "ReplicaSet", "backend-10")),
            ],
            ..Snapshot::default()
        };
        let backend = Workload {
            kind: WorkloadKind::Deployment,
            name: "backend".to_owned(),
            component: "backend",
        };
        let kin = kin(&backend, &snapshot);
        let names: Vec<_> = kin.iter().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "deployment/backend",
                "pod/backend-9-a",
                "replicaset/backend-9"
            ]
        );
    }

    #[test]
    fn the_claims_of_its_pods_are_the_workloads_own() {
        let mut pod = owned("postgres-0", "StatefulSet", "postgres");
        pod["metadata"]["labels"] = json!({HASH: "postgres-new"});
        pod["spec"] = json!({"containers": [], "volumes":
            [{"name": "data", "persistentVolumeClaim": {"claimName": "data-postgres-0"}}]});
        let set = json!({
            "metadata": {"name": "postgres", "uid": "postgres", "generation": 1},
            "status": {"observedGeneration": 1, "replicas": 1, "updateRevision": "postgres-new"},
        });
        let mut snapshot = Snapshot {
            stateful_sets: vec![object(set)],
            pods: vec![object(pod.clone())],
            ..Snapshot::default()
        };
        let postgres = Workload {
            kind: WorkloadKind::StatefulSet,
            name: "postgres".to_owned(),
            component: "postgres",
        };
        assert!(kin(&postgres, &snapshot).contains("persistentvolumeclaim/data-postgres-0"));
        pod["metadata"]["labels"] = json!({HASH: "postgres-old"});
        snapshot.pods = vec![object(pod)];
        assert_eq!(kin(&postgres, &snapshot).len(), 1);
    }

    #[test]
    fn a_pod_of_the_shop_that_is_deleted_makes_room() {
        let leave = |shop: &str, deleted: Option<&str>| {
            let metadata =
                json!({"name": "a", "labels": {PART_OF: shop}, "deletionTimestamp": deleted});
            pods_leave(&Snapshot {
                pods: vec![object(json!({"metadata": metadata}))],
                ..Snapshot::default()
            })
        };
        let moment = Some("2026-11-23T10:00:00Z");
        assert!(leave(SHOP, moment));
        assert!(!leave(SHOP, None));
        assert!(!leave("another", moment));
    }
}
