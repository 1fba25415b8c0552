//! Whole rollouts on clusters that only speak.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::sixteen::{attempts, backend, crashed, deployment, pod, replica_set, workload};
use super::workload::WorkloadKind;
use super::{Failed, await_ready, start_afresh};
use crate::exit::Exit;
use crate::failure::Failure as _;
use crate::platform::kube::conversation::{Answer, Conversation};
use crate::platform::kube::diagnosis::Reason;
use crate::platform::{Error, Event, Events};

const SETS: &str = "/apis/apps/v1/namespaces/shop/replicasets";
const LIMIT: Duration = Duration::from_secs(20);

/// What is in the namespace.
#[derive(Default)]
struct There {
    claims: Vec<Value>,
    stateful_sets: Vec<Value>,
    deployments: Vec<Value>,
    replica_sets: Vec<Value>,
    pods: Vec<Value>,
    jobs: Vec<Value>,
    log: &'static str,
    name_servers: Vec<Value>,
}

impl There {
    fn conversation(self) -> Conversation {
        let list = |objects: Vec<Value>| Answer::Listed(Value::Array(objects));
        let log = Answer::Text(self.log);
        Conversation::with(vec![
            ("GET /api/v1/namespaces/shop/pods/", log),
            ("GET /api/v1/namespaces/shop/pods", list(self.pods)),
            (
                "GET /api/v1/namespaces/shop/persistentvolumeclaims",
                list(self.claims),
            ),
            ("GET /api/v1/namespaces/shop/events", list(vec![])),
            (
                "GET /apis/apps/v1/namespaces/shop/deployments",
                list(self.deployments),
            ),
            (
                "GET /apis/apps/v1/namespaces/shop/statefulsets",
                list(self.stateful_sets),
            ),
            (
                "GET /apis/apps/v1/namespaces/shop/replicasets",
                list(self.replica_sets),
            ),
            ("GET /apis/batch/v1/namespaces/shop/jobs", list(self.jobs)),
            (
                "GET /apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices",
                list(self.name_servers),
            ),
        ])
    }

    fn rollout(available: i32, pods: Vec<Value>) -> Self {
        Self {
            deployments: vec![deployment()],
            replica_sets: vec![replica_set("2", available)],
            pods,
            ..Self::default()
        }
    }
}

fn events() -> (Events, UnboundedReceiver<Event>) {
    let (sender, receiver) = unbounded_channel();
    (Events::new(sender), receiver)
}

fn progress(mut receiver: UnboundedReceiver<Event>) -> Vec<String> {
    let mut told = Vec::new();
    while let Ok(event) = receiver.try_recv() {
        if let Event::Progress(text) | Event::Turn(text) | Event::Note(text) = event {
            told.push(text);
        }
    }
    told
}

fn failed(result: Result<(), Error>) -> Failed {
    match result.unwrap_err() {
        Error::Rollout(failed) => *failed,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn what_is_ready_is_not_waited_for() {
    let conversation = There::rollout(1, vec![]).conversation();
    let (events, receiver) = events();
    let start = Instant::now();
    await_ready(&conversation.cluster, "shop", &[backend()], LIMIT, &events)
        .await
        .unwrap();
    assert!(start.elapsed() < Duration::from_secs(2));
    assert_eq!(progress(receiver), ["backend 1/1"]);
}

#[tokio::test]
async fn what_becomes_ready_is_seen_at_once() {
    let conversation = There::rollout(0, vec![]).conversation();
    let (events, receiver) = events();
    let workloads = [backend()];
    let waiting = await_ready(&conversation.cluster, "shop", &workloads, LIMIT, &events);
    let set = replica_set("2", 1);
    let (waited, ()) = tokio::join!(waiting, conversation.change(SETS, &set));
    waited.unwrap();
    assert_eq!(progress(receiver), ["backend 0/1", "backend 1/1"]);
}

#[tokio::test]
async fn a_crash_loop_ends_the_waiting_with_its_last_lines() {
    let mut there = There::rollout(0, vec![pod("backend-2", &crashed("Error", 2))]);
    there.log = "starting\nerror: DATABASE_URL: must be set\n";
    let conversation = there.conversation();
    let (events, receiver) = events();
    let start = Instant::now();
    let result = await_ready(&conversation.cluster, "shop", &[backend()], LIMIT, &events).await;
    assert!(start.elapsed() < Duration::from_secs(8));
    assert_eq!(result.as_ref().unwrap_err().exit(), Exit::NothingServing);
    let failed = failed(result);
    assert_eq!(
        failed.to_string(),
        "deployment/backend does not become ready: pod/backend-2-x, container backend: the container ends again and again (exit code 2); nothing healthy is serving"
    );
    assert_eq!(failed.log, "starting\nerror: DATABASE_URL: must be set");
    assert_eq!(
        failed.next,
        "kubectl --kubeconfig /kubeconfig logs pod/backend-2-x -c backend --previous -n shop"
    );
    assert_eq!(
        progress(receiver),
        [
            "backend 0/1 · pod/backend-2-x, container backend: the container ends again and again (exit code 2): error: DATABASE_URL: must be set"
        ]
    );
}

#[tokio::test]
async fn an_api_server_that_is_gone_is_waited_for() {
    let conversation = There::rollout(0, vec![]).conversation();
    let (events, receiver) = events();
    let set = replica_set("2", 1);
    let outage = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        conversation.leave();
        tokio::time::sleep(Duration::from_millis(1500)).await;
        conversation.come_back();
        conversation.change(SETS, &set).await;
    };
    let workloads = [backend()];
    // The time that it is away is no time of the workload.
    let limit = Duration::from_millis(1500);
    let waiting = await_ready(&conversation.cluster, "shop", &workloads, limit, &events);
    let (waited, ()) = tokio::join!(waiting, outage);
    let told = progress(receiver);
    waited.unwrap();
    assert_eq!(told.first().unwrap(), "backend 0/1");
    assert_eq!(
        told[1],
        "the Kubernetes API does not answer (connection refused); waited for 1 s"
    );
    assert!(
        told.contains(&"the Kubernetes API was away for 1 s".to_owned()),
        "{told:?}"
    );
    assert_eq!(told.last().unwrap(), "backend 1/1");
}

#[tokio::test(start_paused = true)]
async fn an_outage_that_another_step_has_met_leaves_time_to_recover() {
    let crashed = pod("backend-2", &crashed("Error", 2));
    let conversation = There::rollout(0, vec![crashed]).conversation();
    let (cluster, events) = (&conversation.cluster, events().0);
    conversation.leave();
    assert!(cluster.client.apiserver_version().await.is_err());
    conversation.come_back();
    let (workloads, limit) = ([backend()], Duration::from_mins(5));
    let start = tokio::time::Instant::now();
    let result = await_ready(cluster, "shop", &workloads, limit, &events).await;
    assert_eq!(failed(result).cause.reason, Reason::CrashLoop);
    assert_eq!(start.elapsed().as_secs(), 183);
}

#[tokio::test]
async fn what_nobody_can_explain_ends_at_the_limit() {
    let conversation = There::rollout(0, vec![]).conversation();
    let limit = Duration::from_secs(1);
    let workloads = [workload(WorkloadKind::Job, "seed-1", "seed"), backend()];
    let result = await_ready(
        &conversation.cluster,
        "shop",
        &workloads,
        limit,
        &events().0,
    )
    .await;
    let failed = failed(result);
    assert_eq!(failed.cause.reason, Reason::TimedOut);
    assert_eq!(
        failed.to_string(),
        "job/seed-1 does not become ready: job/seed-1: it is not ready (0 of 1 after 1 s); nothing healthy is serving"
    );
}

#[tokio::test]
async fn name_servers_that_are_down_explain_the_first_attempt() {
    let (job, pods) = attempts(1);
    let mut there = There {
        jobs: vec![job],
        pods,
        log: "psql: error: could not translate host name \"postgres\" to address",
        ..There::default()
    };
    there.name_servers = vec![
        json!({"metadata": {"name": "kube-dns-a"}, "addressType": "IPv4",
        "endpoints": [{"addresses": ["10.0.0.2"], "conditions": {"ready": false}}]}),
    ];
    let conversation = there.conversation();
    let workloads = [workload(WorkloadKind::Job, "migration-1", "migration")];
    let result = await_ready(
        &conversation.cluster,
        "shop",
        &workloads,
        LIMIT,
        &events().0,
    )
    .await;
    let failed = failed(result);
    assert_eq!(failed.cause.reason, Reason::NameResolution);
    assert_eq!(
        failed.cause.message,
        "service/kube-dns in kube-system has no ready endpoint; exit code 1, attempt 1 of 3"
    );
}

#[tokio::test]
async fn what_has_failed_before_is_tried_again() {
    let (mut job, pods) = attempts(3);
    job["status"]["conditions"] = json!([{"type": "Failed", "status": "True"}]);
    let mut there = There::rollout(0, vec![pod("backend-2", &crashed("Error", 2))]);
    there.pods.extend(pods);
    there.jobs = vec![job];
    let conversation = there.conversation();
    let workloads = [
        backend(),
        workload(WorkloadKind::Job, "migration-1", "migration"),
    ];
    start_afresh(&conversation.cluster, "shop", &workloads)
        .await
        .unwrap();
    let mut deleted = conversation.asked("DELETE");
    deleted.sort();
    assert_eq!(
        deleted,
        [
            "DELETE /api/v1/namespaces/shop/pods/backend-2-x",
            "DELETE /apis/batch/v1/namespaces/shop/jobs/migration-1"
        ]
    );
}

#[tokio::test]
async fn what_was_done_to_a_volume_that_is_lost_is_done_again() {
    let database =
        json!({ "metadata": { "name": "postgres" }, "spec": { "selector": {}, "template": {} } });
    let claim = |created: &str| json!({ "metadata": { "name": "data-postgres-0", "creationTimestamp": created } });
    let done = json!({
        "metadata": { "name": "migration-1" },
        "status": {
            "completionTime": "2026-01-02T12:00:00Z", "conditions": [{ "type": "Complete", "status": "True" }],
        },
    });
    let gone = "DELETE /apis/batch/v1/namespaces/shop/jobs/migration-1".to_owned();
    for (created, is_bundled, expected) in [
        ("2026-01-02T11:00:00Z", true, vec![]),
        ("2026-01-02T13:00:00Z", true, vec![gone]),
        ("2026-01-02T13:00:00Z", false, vec![]),
    ] {
        let there = There {
            claims: vec![claim(created)],
            stateful_sets: is_bundled.then(|| database.clone()).into_iter().collect(),
            jobs: vec![done.clone()],
            ..There::default()
        };
        let conversation = there.conversation();
        let workloads = [workload(WorkloadKind::Job, "migration-1", "migration")];
        start_afresh(&conversation.cluster, "shop", &workloads)
            .await
            .unwrap();
        assert_eq!(conversation.asked("DELETE"), expected);
    }
}
