//! The sixteen failures that must be named, each by what the API server has when it happens. The sixteenth, an API server
//! that is gone, is a conversation.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::patience::{Patience, Verdict};
use super::state::State;
use super::trouble::Trouble;
use super::workload::{Workload, WorkloadKind};
use crate::platform::kube::diagnosis::Snapshot;

fn object<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

pub fn workload(kind: WorkloadKind, name: &str, component: &'static str) -> Workload {
    Workload {
        kind,
        name: name.to_owned(),
        component,
    }
}

pub fn backend() -> Workload {
    workload(WorkloadKind::Deployment, "backend", "backend")
}

fn postgres() -> Workload {
    workload(WorkloadKind::StatefulSet, "postgres", "postgres")
}

fn migration() -> Workload {
    workload(WorkloadKind::Job, "migration-1", "migration")
}

pub fn owned(name: &str, kind: &str, owner: &str) -> Value {
    json!({"name": name, "uid": name, "resourceVersion": "2",
        "ownerReferences": [{"apiVersion": "v1", "kind": kind, "name": owner, "uid": owner}]})
}

/// A Deployment at its second revision.
pub fn deployment() -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "backend", "uid": "backend", "generation": 2, "resourceVersion": "2",
            "annotations": {"deployment.kubernetes.io/revision": "2"}},
        "spec": {"replicas": 1, "selector": {}, "template": {}},
        "status": {"observedGeneration": 2},
    })
}

/// One of its replica sets.
pub fn replica_set(revision: &str, available: i32) -> Value {
    let mut metadata = owned(&format!("backend-{revision}"), "Deployment", "backend");
    metadata["annotations"] = json!({"deployment.kubernetes.io/revision": revision});
    json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": metadata,
        "status": {"replicas": 1, "availableReplicas": available}})
}

/// A pod of a replica set, its container in that status.
pub fn pod(set: &str, container: &Value) -> Value {
    let mut status =
        json!({"name": "backend", "image": "i", "imageID": "", "ready": false, "restartCount": 0});
    let fields = status.as_object_mut().unwrap();
    fields.extend(container.as_object().unwrap().clone());
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": owned(&format!("{set}-x"), "ReplicaSet", set),
        "status": {"phase": "Pending", "containerStatuses": [status]}})
}

fn event(kind: &str, name: &str, reason: &str, message: &str) -> Value {
    json!({"metadata": {}, "type": "Warning", "involvedObject": {"kind": kind, "name": name, "uid": name},
        "reason": reason, "message": message})
}

pub fn waiting(reason: &str, message: &str) -> Value {
    json!({"state": {"waiting": {"reason": reason, "message": message}}})
}

pub fn crashed(reason: &str, code: i32) -> Value {
    json!({"state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s restarting failed container"}},
        "lastState": {"terminated": {"reason": reason, "exitCode": code}}, "restartCount": 2})
}

/// The backend's second revision beside its first, with that pod and these events.
fn rollout(pods: &[Value], events: &[Value]) -> Snapshot {
    Snapshot {
        deployments: vec![object(deployment())],
        replica_sets: vec![object(replica_set("1", 1)), object(replica_set("2", 0))],
        pods: pods.iter().cloned().map(object).collect(),
        events: events.iter().cloned().map(object).collect(),
        ..Snapshot::default()
    }
}

/// PostgreSQL with its pod and its claim.
fn store(class: Option<&str>, unplaced: &str, events: &[Value]) -> Snapshot {
    let mut metadata = owned("postgres-0", "StatefulSet", "postgres");
    metadata["labels"] = json!({"controller-revision-hash": "one"});
    let placed = json!({"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": unplaced});
    let claimed =
        json!([{"name": "data", "persistentVolumeClaim": {"claimName": "data-postgres-0"}}]);
    Snapshot {
        stateful_sets: vec![object(json!({
            "metadata": {"name": "postgres", "uid": "postgres", "generation": 1},
            "status": {"observedGeneration": 1, "replicas": 1, "updateRevision": "one"},
        }))],
        pods: vec![object(
            json!({"metadata": metadata, "spec": {"containers": [], "volumes": claimed},
            "status": {"phase": "Pending", "conditions": [placed]}}),
        )],
        claims: vec![object(
            json!({"metadata": {"name": "data-postgres-0", "uid": "data-postgres-0"},
            "spec": {"storageClassName": class}, "status": {"phase": "Pending"}}),
        )],
        events: events.iter().cloned().map(object).collect(),
        ..Snapshot::default()
    }
}

/// A migration of which so many attempts have failed.
pub fn attempts(number: usize) -> (Value, Vec<Value>) {
    let job = json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": "migration-1", "uid": "migration-1", "resourceVersion": "2",
            "labels": {"app.kubernetes.io/name": "migration"}},
        "spec": {"backoffLimit": 2, "template": {}}, "status": {},
    });
    let pod = |number: usize| {
        let mut metadata = owned(&format!("migration-1-{number}"), "Job", "migration-1");
        metadata["creationTimestamp"] = json!(format!("2026-11-23T10:00:{number:02}Z"));
        let status = |name: &str, code: i32| {
            json!({"name": name, "image": "i", "imageID": "", "ready": false, "restartCount": 0,
                "state": {"terminated": {"reason": "Error", "exitCode": code}}})
        };
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "status": {"phase": "Failed",
            "initContainerStatuses": [status("roles", 0), status("migrate", 1)]}})
    };
    (job, (1..=number).map(pod).collect())
}

fn migrated(number: usize) -> Snapshot {
    let (job, pods) = attempts(number);
    Snapshot {
        jobs: vec![object(job)],
        pods: pods.into_iter().map(object).collect(),
        ..Snapshot::default()
    }
}

/// After how many seconds what is certain, if it is within twenty.
fn certain(workload: Workload, snapshot: &Snapshot, log: &str) -> Option<(u64, Trouble)> {
    let workloads = [workload];
    let states = [State::of(&workloads[0], snapshot)];
    let mut patience = Patience::default();
    let start = Instant::now();
    (0..=20).find_map(|second| {
        let read = |trouble: Trouble| {
            let has_log = trouble.cause.has_log();
            if has_log {
                trouble.read(log.to_owned())
            } else {
                trouble
            }
        };
        let found = Trouble::of(&workloads, &states, snapshot).into_iter();
        let troubles: Vec<_> = found.map(read).collect();
        match patience.judge(&troubles, false, start + Duration::from_secs(second)) {
            Verdict::Certain(place) => Some((second, troubles[place].clone())),
            _ => None,
        }
    })
}

/// The cause that is certain: `after how many seconds, reason, object, container`.
fn named(workload: Workload, snapshot: &Snapshot, log: &str) -> String {
    let Some((second, Trouble { cause, .. })) = certain(workload, snapshot, log) else {
        return "nothing".to_owned();
    };
    let container = cause.container.as_deref().unwrap_or("-");
    format!(
        "{second} s: {} of {} {container}",
        cause.reason.name(),
        cause.object
    )
}

fn of_backend(container: &Value, log: &str) -> String {
    named(
        backend(),
        &rollout(&[pod("backend-2", container)], &[]),
        log,
    )
}

#[test]
fn an_image_that_is_not_there() {
    let back_off = "Back-off pulling image \"r/a@sha256:1\": ErrImagePull: failed to resolve reference \"r/a@sha256:1\": r/a@sha256:1: not found";
    assert_eq!(
        of_backend(&waiting("ImagePullBackOff", back_off), ""),
        "3 s: image-not-found of pod/backend-2-x backend"
    );
}

#[test]
fn a_registry_that_refuses() {
    let refused = "failed to authorize: failed to fetch anonymous token: unexpected status from GET request: 401 Unauthorized";
    assert_eq!(
        of_backend(&waiting("ErrImagePull", refused), ""),
        "3 s: registry-refuses of pod/backend-2-x backend"
    );
}

#[test]
fn a_crash_loop() {
    assert_eq!(
        of_backend(&crashed("Error", 2), "error: DATABASE_URL: must be set"),
        "3 s: crash-loop of pod/backend-2-x backend"
    );
}

#[test]
fn an_end_at_the_memory_limit() {
    assert_eq!(
        of_backend(&crashed("OOMKilled", 137), ""),
        "3 s: out-of-memory of pod/backend-2-x backend"
    );
}

fn running(started: bool, restarts: i32, told: &str, log: &str) -> String {
    let container = json!({"state": {"running": {}}, "started": started, "restartCount": restarts});
    let told = event("Pod", "backend-2-x", "Unhealthy", told);
    let snapshot = rollout(&[pod("backend-2", &container)], &[told]);
    named(backend(), &snapshot, log)
}

#[test]
fn a_bad_readiness_probe() {
    let told = "Readiness probe failed: HTTP probe failed with statuscode: 404";
    assert_eq!(
        running(true, 0, told, ""),
        "18 s: probe-fails of pod/backend-2-x backend"
    );
}

#[test]
fn a_start_may_take_as_long_as_its_probe_allows() {
    let told = "Startup probe failed: connection refused";
    assert_eq!(running(false, 0, told, ""), "nothing");
    assert_eq!(
        running(false, 1, told, ""),
        "18 s: probe-fails of pod/backend-2-x backend"
    );
    // That was before it had started.
    assert_eq!(running(true, 0, told, ""), "nothing");
}

#[test]
fn a_secret_key_that_is_missing() {
    let words = "couldn't find key url in Secret shopmicro/redis-credentials";
    assert_eq!(
        of_backend(&waiting("CreateContainerConfigError", words), ""),
        "3 s: missing-key of pod/backend-2-x backend"
    );
    let creating = pod("backend-2", &waiting("ContainerCreating", ""));
    let words =
        "MountVolume.SetUp failed for volume \"redis\" : references non-existent secret key: url";
    let told = event("Pod", "backend-2-x", "FailedMount", words);
    assert_eq!(
        named(backend(), &rollout(&[creating], &[told]), ""),
        "3 s: missing-key of pod/backend-2-x -"
    );
}

const UNBOUND: &str =
    "0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found.";

fn claimed(class: Option<&str>, reason: &str, message: &str) -> String {
    let told = event("PersistentVolumeClaim", "data-postgres-0", reason, message);
    named(postgres(), &store(class, UNBOUND, &[told]), "")
}

#[test]
fn no_default_storage_class() {
    let words = "no persistent volumes available for this claim and no storage class is set";
    assert_eq!(
        claimed(None, "FailedBinding", words),
        "3 s: no-storage-class of persistentvolumeclaim/data-postgres-0 -"
    );
}

#[test]
fn a_claim_that_cannot_be_bound() {
    let pending = "15 s: claim-pending of persistentvolumeclaim/data-postgres-0 -";
    let unknown = "storageclass.storage.k8s.io \"fast\" not found";
    assert_eq!(
        claimed(Some("fast"), "ProvisioningFailed", unknown),
        pending
    );
    let nobody =
        "Waiting for a volume to be created either by the external provisioner 'x' or manually";
    assert_eq!(
        claimed(Some("fast"), "ExternalProvisioning", nobody),
        pending
    );
    let first = "waiting for first consumer to be created before binding";
    assert_eq!(
        claimed(Some("fast"), "WaitForFirstConsumer", first),
        "nothing"
    );
    let told = [
        event(
            "PersistentVolumeClaim",
            "data-postgres-0",
            "ExternalProvisioning",
            nobody,
        ),
        event(
            "PersistentVolumeClaim",
            "data-postgres-0",
            "Provisioning",
            "External provisioner is provisioning",
        ),
    ];
    assert_eq!(
        named(postgres(), &store(Some("fast"), UNBOUND, &told), ""),
        "nothing"
    );
    let nowhere =
        "0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind.";
    assert_eq!(
        named(postgres(), &store(Some("local"), nowhere, &[]), ""),
        "15 s: claim-pending of pod/postgres-0 -"
    );
}

#[test]
fn no_node_that_can_take_it() {
    let rows = [
        "0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 2 No preemption victims found.",
        "0/2 nodes are available: 2 node(s) had untolerated taint {dedicated: other}. preemption: 0/2 nodes are available.",
    ];
    for words in rows {
        let mut snapshot = store(None, words, &[]);
        assert_eq!(
            named(postgres(), &snapshot, ""),
            "12 s: unschedulable of pod/postgres-0 -"
        );
        // A node is being made for it.
        let told = event(
            "Pod",
            "postgres-0",
            "Nominated",
            "Pod should schedule on: nodeclaim/a",
        );
        snapshot.events = vec![object(told)];
        assert_eq!(named(postgres(), &snapshot, ""), "nothing");
    }
}

fn refused(message: &str) -> (String, String) {
    let mut snapshot = rollout(&[], &[]);
    let mut set = replica_set("2", 0);
    set["status"]["conditions"] = json!([{"type": "ReplicaFailure", "status": "True",
        "reason": "FailedCreate", "message": message}]);
    snapshot.replica_sets = vec![object(set)];
    let told = event("StatefulSet", "postgres", "FailedCreate", message);
    let mut stores = store(None, "", &[told]);
    stores.pods = Vec::new();
    (
        named(backend(), &snapshot, ""),
        named(postgres(), &stores, ""),
    )
}

#[test]
fn a_quota_without_room() {
    let words = "pods \"a\" is forbidden: exceeded quota: q, requested: requests.cpu=1, used: requests.cpu=1, limited: requests.cpu=1";
    let (backend, postgres) = refused(words);
    assert_eq!(backend, "12 s: quota-exceeded of replicaset/backend-2 -");
    assert_eq!(postgres, "12 s: quota-exceeded of statefulset/postgres -");
}

#[test]
fn pod_security_that_refuses() {
    let words =
        "pods \"a\" is forbidden: violates PodSecurity \"restricted:latest\": runAsNonRoot != true";
    let (backend, postgres) = refused(words);
    assert_eq!(backend, "3 s: pod-security of replicaset/backend-2 -");
    assert_eq!(postgres, "3 s: pod-security of statefulset/postgres -");
}

#[test]
fn an_admission_webhook_that_is_down() {
    let words = "Internal error occurred: failed calling webhook \"v.test\": failed to call webhook: Post \"https://w.default.svc:443/\": connect: connection refused";
    let (backend, postgres) = refused(words);
    assert_eq!(backend, "15 s: webhook-down of replicaset/backend-2 -");
    assert_eq!(postgres, "15 s: webhook-down of statefulset/postgres -");
}

const REFUSED: &str = "error: cannot migrate the database: `error applying migration V4__names`, `db error`: ERROR: column \"name\" does not exist";
const BLOCKED: &str = "error: cannot migrate the database: `error applying migration V4__names`, `db error`: ERROR: canceling statement due to lock timeout";
const NAMELESS: &str = "psql: error: could not translate host name \"postgres\" to address: Temporary failure in name resolution";

#[test]
fn a_migration_that_fails() {
    // The next attempt would end the same way.
    let failed = "0 s: migration-failed of pod/migration-1-1 migrate";
    assert_eq!(named(migration(), &migrated(1), REFUSED), failed);
    let away = "error: PostgreSQL is not available: error connecting to server: Connection refused (os error 111)";
    assert_eq!(named(migration(), &migrated(1), away), "nothing");
    let mut over = migrated(3);
    let failed = json!([{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded",
        "message": "Job has reached the specified backoff limit"}]);
    over.jobs[0].status = Some(object(json!({"conditions": failed})));
    let (second, trouble) = certain(migration(), &over, away).unwrap();
    assert_eq!(
        (second, trouble.cause.to_string().as_str()),
        (
            0,
            "pod/migration-1-3, container migrate: the migration ended with an error (exit code 1, attempt 3 of 3)"
        )
    );
    over.pods = Vec::new();
    assert_eq!(
        named(migration(), &over, ""),
        "0 s: migration-failed of job/migration-1 -"
    );
}

#[test]
fn a_migration_that_a_lock_blocks() {
    assert_eq!(named(migration(), &migrated(1), BLOCKED), "nothing");
    assert_eq!(
        named(migration(), &migrated(2), BLOCKED),
        "0 s: migration-blocked of pod/migration-1-2 migrate"
    );
}

#[test]
fn an_attempt_that_runs_is_waited_for() {
    let mut snapshot = migrated(2);
    snapshot.pods[1].status.as_mut().unwrap().phase = Some("Running".to_owned());
    assert_eq!(named(migration(), &snapshot, REFUSED), "nothing");
}

#[test]
fn names_that_cannot_be_resolved() {
    let warned = "{\"message\":\"dependency is not ready\",\"dependency\":\"postgres\",\"reason\":\"PostgreSQL is not available: error connecting to server: failed to lookup address information: Try again\"}";
    let told = "Readiness probe failed: HTTP probe failed with statuscode: 503";
    assert_eq!(
        running(true, 0, told, warned),
        "10 s: name-resolution of pod/backend-2-x backend"
    );
    assert_eq!(named(migration(), &migrated(1), NAMELESS), "nothing");
    assert_eq!(
        named(migration(), &migrated(2), NAMELESS),
        "0 s: name-resolution of pod/migration-1-2 migrate"
    );
}

#[test]
fn what_is_wrong_with_the_release_before_is_not_named() {
    let old = pod("backend-1", &crashed("Error", 1));
    assert_eq!(named(backend(), &rollout(&[old], &[]), ""), "nothing");
    let leaving = {
        let mut pod = pod("backend-2", &crashed("Error", 1));
        pod["metadata"]["deletionTimestamp"] = json!("2026-11-23T10:00:00Z");
        pod
    };
    assert_eq!(named(backend(), &rollout(&[leaving], &[]), ""), "nothing");
}
