//! How far a workload is.

use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::batch::v1::Job;
use kube::ResourceExt as _;

use super::kin::newest_replica_set;
use super::workload::{Workload, WorkloadKind};
use crate::platform::kube::diagnosis::Snapshot;

/// How far a workload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// How many replicas of the newest revision may serve.
    pub ready: i32,
    /// How many are wanted.
    pub wanted: i32,
    /// Whether nothing more is waited for.
    pub is_done: bool,
}

impl State {
    /// The state of a workload. One that is not there yet has everything before it.
    pub fn of(workload: &Workload, snapshot: &Snapshot) -> Self {
        let name = workload.name.as_str();
        let state = match workload.kind {
            WorkloadKind::Deployment => {
                named(&snapshot.deployments, name).map(|one| of_deployment(one, snapshot))
            }
            WorkloadKind::StatefulSet => named(&snapshot.stateful_sets, name).map(of_stateful_set),
            WorkloadKind::Job => named(&snapshot.jobs, name).map(of_job),
        };
        state.unwrap_or(Self {
            ready: 0,
            wanted: 1,
            is_done: false,
        })
    }
}

/// The object of that name.
pub fn named<'a, K: kube::Resource<DynamicType = ()>>(
    objects: &'a [K],
    name: &str,
) -> Option<&'a K> {
    objects.iter().find(|object| object.name_any() == name)
}

/// The Deployment's own figures count the replicas of older revisions too, so its newest replica set is asked. Older
/// replicas need not be gone: they serve until then.
fn of_deployment(deployment: &Deployment, snapshot: &Snapshot) -> State {
    let wanted = deployment.spec.as_ref().and_then(|spec| spec.replicas);
    let wanted = wanted.unwrap_or(1);
    let set = newest_replica_set(deployment, snapshot);
    let ready = set.and_then(|set| set.status.as_ref()?.available_replicas);
    let ready = ready.unwrap_or(0).min(wanted);
    State {
        ready,
        wanted,
        is_done: set.is_some() && ready == wanted,
    }
}

fn of_stateful_set(set: &StatefulSet) -> State {
    let wanted = set.spec.as_ref().and_then(|spec| spec.replicas);
    let wanted = wanted.unwrap_or(1);
    let status = set.status.as_ref();
    let seen = status.and_then(|status| status.observed_generation);
    let is_current = seen.is_some() && seen >= set.metadata.generation;
    let updated = status.and_then(|status| status.updated_replicas);
    let available = status.and_then(|status| status.available_replicas);
    let ready = if is_current {
        updated.unwrap_or(0).min(available.unwrap_or(0)).min(wanted)
    } else {
        0
    };
    State {
        ready,
        wanted,
        is_done: is_current && ready == wanted,
    }
}

fn of_job(job: &Job) -> State {
    let conditions = job.status.iter().flat_map(|status| &status.conditions);
    let is_done = conditions
        .flatten()
        .any(|one| one.type_ == "Complete" && one.status == "True");
    State {
        ready: i32::from(is_done),
        wanted: 1,
        is_done,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn object<T: serde::de::DeserializeOwned>(value: Value) -> T {
        serde_json::from_value(value).unwrap()
    }

    fn workload(kind: WorkloadKind) -> Workload {
        Workload {
            kind,
            name: "it".to_owned(),
            component: "backend",
        }
    }

    fn deployment(generation: i64, sets: &[(&str, i32)]) -> State {
        let revision = |number: &str| json!({"deployment.kubernetes.io/revision": number});
        let newest = sets.iter().map(|(number, _)| *number).max().unwrap_or("0");
        let deployment = json!({
            "metadata": {"name": "it", "uid": "d", "generation": generation, "annotations": revision(newest)},
            "spec": {"replicas": 2, "selector": {}, "template": {}},
            "status": {"observedGeneration": 2, "updatedReplicas": 2, "availableReplicas": 2},
        });
        let sets = sets.iter().map(|(number, available)| {
            object(json!({
                "metadata": {"name": format!("it-{number}"), "annotations": revision(number),
                    "ownerReferences": [{"apiVersion": "apps/v1", "kind": "Deployment", "name": "it", "uid": "d"}]},
                "status": {"replicas": 2, "availableReplicas": available},
            }))
        });
        let snapshot = Snapshot {
            deployments: vec![object(deployment)],
            replica_sets: sets.collect(),
            ..Snapshot::default()
        };
        State::of(&workload(WorkloadKind::Deployment), &snapshot)
    }

    #[test]
    fn only_replicas_of_the_newest_revision_count() {
        assert!(deployment(2, &[("1", 2), ("2", 2)]).is_done);
        let half = deployment(2, &[("1", 1), ("2", 1)]);
        assert_eq!((half.ready, half.wanted, half.is_done), (1, 2, false));
        // The controller has not seen the newest one yet.
        assert!(!deployment(3, &[("1", 2), ("2", 2)]).is_done);
        assert!(!deployment(2, &[]).is_done);
    }

    #[test]
    fn what_is_not_there_is_not_ready() {
        for kind in [
            WorkloadKind::Deployment,
            WorkloadKind::StatefulSet,
            WorkloadKind::Job,
        ] {
            assert!(!State::of(&workload(kind), &Snapshot::default()).is_done);
        }
    }

    #[test]
    fn a_stateful_set_is_ready_when_all_are_new_and_available() {
        let state = |seen: i64, updated: i32, available: i32| {
            let set = json!({
                "metadata": {"name": "it", "generation": 3},
                "spec": {"replicas": 1, "selector": {}, "template": {}, "serviceName": "it"},
                "status": {"observedGeneration": seen, "replicas": 1, "updatedReplicas": updated, "availableReplicas": available},
            });
            let snapshot = Snapshot {
                stateful_sets: vec![object(set)],
                ..Snapshot::default()
            };
            State::of(&workload(WorkloadKind::StatefulSet), &snapshot).is_done
        };
        assert!(state(3, 1, 1));
        assert!(!state(2, 1, 1));
        assert!(!state(3, 0, 1));
        assert!(!state(3, 1, 0));
    }
}
