//! What the API server had at one moment.

use std::collections::HashSet;

use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Event, PersistentVolumeClaim, Pod};

use super::cause::Cause;
use super::{claim, job, pod, refusal};

/// The objects of one namespace that can say why something is not ready.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// Its pods.
    pub pods: Vec<Pod>,
    /// Its claims.
    pub claims: Vec<PersistentVolumeClaim>,
    /// Its deployments.
    pub deployments: Vec<Deployment>,
    /// Its stateful sets.
    pub stateful_sets: Vec<StatefulSet>,
    /// Its replica sets, which make the pods of Deployments.
    pub replica_sets: Vec<ReplicaSet>,
    /// Its jobs.
    pub jobs: Vec<Job>,
    /// Its events.
    pub events: Vec<Event>,
}

impl Snapshot {
    /// Everything that is wrong, the best explanation first, each once.
    pub fn causes(&self) -> Vec<Cause> {
        let mut causes: Vec<_> = self
            .pods
            .iter()
            .flat_map(|one| pod::causes(one, self))
            .chain(self.claims.iter().filter_map(|one| claim::cause(one, self)))
            .chain(refusal::causes(self))
            .chain(self.jobs.iter().filter_map(|one| job::cause(one, self)))
            .collect();
        causes.sort();
        let mut seen = HashSet::new();
        causes.retain(|cause| seen.insert(cause.clone()));
        causes
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::platform::kube::diagnosis::reason::Reason;
    use crate::platform::kube::diagnosis::testing::{event, object, pod, snapshot};

    /// The first cause: reason, object, container.
    fn first(snapshot: &Snapshot) -> (Reason, String, Option<String>) {
        let cause = snapshot.causes().into_iter().next().unwrap();
        (cause.reason, cause.object, cause.container)
    }

    fn waiting(reason: &str, message: &str, last: &Value) -> Value {
        let state = json!({"waiting": {"reason": reason, "message": message}});
        json!({"state": state, "lastState": last, "restartCount": 2})
    }

    #[test]
    fn what_a_container_waits_for() {
        let ended =
            |reason: &str, code: u8| json!({"terminated": {"reason": reason, "exitCode": code}});
        let rows = [
            (
                waiting(
                    "ImagePullBackOff",
                    "Back-off pulling image \"r/a:1\": ErrImagePull: r/a:1: not found",
                    &json!({}),
                ),
                Reason::ImageNotFound,
            ),
            (
                waiting("ErrImagePull", "pull access denied", &json!({})),
                Reason::RegistryRefuses,
            ),
            (
                waiting("CrashLoopBackOff", "back-off 10s", &ended("Error", 1)),
                Reason::CrashLoop,
            ),
            (
                waiting("CrashLoopBackOff", "back-off 10s", &ended("OOMKilled", 137)),
                Reason::OutOfMemory,
            ),
            (
                waiting(
                    "CrashLoopBackOff",
                    "back-off 10s",
                    &ended("StartError", 128),
                ),
                Reason::CannotStart,
            ),
            (
                waiting(
                    "CreateContainerConfigError",
                    "couldn't find key url in Secret shopmicro/redis",
                    &json!({}),
                ),
                Reason::MissingKey,
            ),
            (
                waiting(
                    "CreateContainerConfigError",
                    "container has runAsNonRoot and image will run as root",
                    &json!({}),
                ),
                Reason::CannotStart,
            ),
        ];
        for (status, reason) in rows {
            let seen = first(&snapshot(
                vec![pod("backend-1", "Pending", &status)],
                vec![],
            ));
            let container = Some("backend".to_owned());
            assert_eq!(seen, (reason, "pod/backend-1".to_owned(), container));
        }
    }

    #[test]
    fn a_container_that_is_being_made_is_no_trouble() {
        let creating = json!({"state": {"waiting": {"reason": "ContainerCreating"}}});
        let snapshot = snapshot(vec![pod("backend-1", "Pending", &creating)], vec![]);
        assert_eq!(snapshot.causes(), []);
    }

    #[test]
    fn a_secret_that_a_volume_needs() {
        let creating = json!({"state": {"waiting": {"reason": "ContainerCreating"}}});
        let told = event(
            "Pod",
            "backend-1",
            "FailedMount",
            "MountVolume.SetUp failed for volume \"urls\" : references non-existent secret key: backend-url",
        );
        let snapshot = snapshot(vec![pod("backend-1", "Pending", &creating)], vec![told]);
        assert_eq!(first(&snapshot).0, Reason::MissingKey);
    }

    #[test]
    fn a_probe_that_fails() {
        let running = json!({"state": {"running": {}}});
        let told = event(
            "Pod",
            "backend-1",
            "Unhealthy",
            "Readiness probe failed: HTTP probe failed with statuscode: 404",
        );
        let snapshot = snapshot(vec![pod("backend-1", "Running", &running)], vec![told]);
        assert_eq!(first(&snapshot).0, Reason::ProbeFails);
    }

    #[test]
    fn a_pod_that_waits_for_its_claim_is_the_claims_matter() {
        let unplaced = |message: &str| {
            let condition = json!({"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message});
            json!({"metadata": {"name": "postgres-0"}, "status": {"phase": "Pending", "conditions": [condition]}})
        };
        let claim = |class: Option<&str>| {
            object(json!({"metadata": {"name": "data-postgres-0"},
            "spec": {"storageClassName": class}, "status": {"phase": "Pending"}}))
        };
        let told = event(
            "PersistentVolumeClaim",
            "data-postgres-0",
            "FailedBinding",
            "no storage class is set",
        );
        let mut stuck = snapshot(
            vec![unplaced(
                "0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
            )],
            vec![told],
        );
        stuck.claims = vec![claim(None)];
        assert_eq!(stuck.causes().len(), 1);
        assert_eq!(first(&stuck).0, Reason::NoStorageClass);
        stuck.claims = vec![claim(Some("fast"))];
        assert_eq!(first(&stuck).0, Reason::ClaimPending);
        let full =
            "0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available";
        let cause = snapshot(vec![unplaced(full)], vec![]).causes().remove(0);
        assert_eq!(
            cause.to_string(),
            "pod/postgres-0: no node can take the pod (0/2 nodes are available: 2 Insufficient cpu)"
        );
    }

    #[test]
    fn pods_that_may_not_be_made() {
        let rows = [
            (
                "pods \"a\" is forbidden: exceeded quota: q, requested: cpu=1",
                Reason::QuotaExceeded,
            ),
            (
                "pods \"a\" is forbidden: violates PodSecurity \"restricted:latest\": runAsNonRoot != true",
                Reason::PodSecurity,
            ),
            (
                "Internal error occurred: failed calling webhook \"v.test\": connection refused",
                Reason::WebhookDown,
            ),
        ];
        for (message, reason) in rows {
            let condition = json!({"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message});
            let set = json!({"metadata": {"name": "backend-5d"}, "status": {"replicas": 0, "conditions": [condition]}});
            let refused = Snapshot {
                replica_sets: vec![object(set)],
                ..Snapshot::default()
            };
            assert_eq!(
                first(&refused),
                (reason, "replicaset/backend-5d".to_owned(), None)
            );
            let told = event("StatefulSet", "postgres", "FailedCreate", message);
            let mut refused = snapshot(vec![], vec![told]);
            let set = json!({"metadata": {"name": "postgres"}});
            refused.stateful_sets = vec![object(set)];
            let seen = first(&refused);
            assert_eq!(seen, (reason, "statefulset/postgres".to_owned(), None));
        }
    }

    #[test]
    fn what_refuses_now_and_not_what_refused_first() {
        let first_words = "pods \"a\" is forbidden: exceeded quota: q, requested: pods=1";
        let condition = json!({"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": first_words});
        let set = json!({"metadata": {"name": "backend-5d"}, "status": {"replicas": 0, "conditions": [condition]}});
        let now = event(
            "ReplicaSet",
            "backend-5d",
            "FailedCreate",
            "Error creating: pods \"a\" is forbidden: violates PodSecurity \"restricted:latest\": seccompProfile",
        );
        let mut refused = snapshot(vec![], vec![now]);
        refused.replica_sets = vec![object(set)];
        assert_eq!(first(&refused).0, Reason::PodSecurity);
    }

    #[test]
    fn a_migration_by_its_log() {
        let condition = json!({"type": "Failed", "status": "True", "message": "Job has reached the specified backoff limit"});
        let job = json!({"metadata": {"name": "migration-1", "labels": {"app.kubernetes.io/name": "migration"}}, "status": {"conditions": [condition]}});
        let failed = Snapshot {
            jobs: vec![object(job)],
            ..Snapshot::default()
        };
        let cause = failed.causes().remove(0);
        assert_eq!(cause.reason, Reason::MigrationFailed);
        let blocked = cause
            .clone()
            .in_the_light_of("ERROR: canceling statement due to lock timeout");
        assert_eq!(blocked.reason, Reason::MigrationBlocked);
        let nameless = cause
            .in_the_light_of("failed to lookup address information: Name or service not known");
        assert_eq!(nameless.reason, Reason::NameResolution);
    }
}
