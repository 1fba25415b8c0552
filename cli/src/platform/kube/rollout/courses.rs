//! The courses that rollouts take: long ones that go well, first ones that do not, and ones that come again.

use std::time::Duration;

use k8s_openapi::ByteString;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::sixteen::{attempts, backend, deployment, owned, pod, replica_set, waiting, workload};
use super::workload::{Workload, WorkloadKind};
use super::{Failed, await_ready, start_afresh};
use crate::exit::Exit;
use crate::failure::Failure as _;
use crate::platform::kube::conversation::{Answer, Conversation};
use crate::platform::kube::diagnosis::Reason;
use crate::platform::{Error, Events};

const SETS: &str = "/apis/apps/v1/namespaces/shop/replicasets";

/// What is in the namespace.
#[derive(Default)]
struct There {
    deployments: Vec<Value>,
    replica_sets: Vec<Value>,
    pods: Vec<Value>,
    jobs: Vec<Value>,
    events: Vec<Value>,
    /// The release that was there before.
    before: Option<&'static str>,
}

impl There {
    /// The API that tells it, after these answers of its own.
    fn after(self, mut answers: Vec<(&'static str, Answer)>) -> Conversation {
        let list = |objects: Vec<Value>| Answer::Listed(Value::Array(objects));
        let inventory = json!({ "release": self.before, "objects": [] }).to_string();
        let inventory = ByteString(inventory.into_bytes());
        let secret = json!({ "metadata": { "name": "shopctl-inventory" }, "data": { "inventory.json": inventory } });
        answers.extend([
            ("GET /api/v1/namespaces/shop/pods/", Answer::Text("")),
            ("GET /api/v1/namespaces/shop/pods", list(self.pods)),
            (
                "GET /api/v1/namespaces/shop/persistentvolumeclaims",
                list(vec![]),
            ),
            ("GET /api/v1/namespaces/shop/events", list(self.events)),
            (
                "GET /apis/apps/v1/namespaces/shop/deployments",
                list(self.deployments),
            ),
            (
                "GET /apis/apps/v1/namespaces/shop/statefulsets",
                list(vec![]),
            ),
            (
                "GET /apis/apps/v1/namespaces/shop/replicasets",
                list(self.replica_sets),
            ),
            ("GET /apis/batch/v1/namespaces/shop/jobs", list(self.jobs)),
            (
                "GET /api/v1/namespaces/shop/secrets/",
                Answer::Object(secret),
            ),
        ]);
        Conversation::with(answers)
    }

    fn conversation(self) -> Conversation {
        self.after(Vec::new())
    }
}

fn migration() -> Workload {
    workload(WorkloadKind::Job, "migration-1", "migration")
}

async fn waited(talk: &Conversation, workload: Workload, limit: u64) -> Result<(), Error> {
    let limit = Duration::from_secs(limit);
    await_ready(
        &talk.cluster,
        "shop",
        &[workload],
        limit,
        &Events::unheard(),
    )
    .await
}

fn failed(result: Result<(), Error>) -> Failed {
    match result.unwrap_err() {
        Error::Rollout(failed) => *failed,
        other => panic!("{other}"),
    }
}

#[tokio::test(start_paused = true)]
async fn replicas_that_come_one_at_a_time_have_the_limit_each() {
    let mut three = deployment();
    three["spec"]["replicas"] = json!(3);
    let conversation = There {
        deployments: vec![three],
        replica_sets: vec![replica_set("2", 0)],
        ..There::default()
    }
    .conversation();
    let coming = async {
        for ready in 1..=3 {
            sleep(Duration::from_secs(15)).await;
            conversation.change(SETS, &replica_set("2", ready)).await;
        }
    };
    let (waited, ()) = tokio::join!(waited(&conversation, backend(), 20), coming);
    waited.unwrap();
}

#[tokio::test(start_paused = true)]
async fn replicas_that_come_no_more_end_at_the_limit() {
    let mut three = deployment();
    three["spec"]["replicas"] = json!(3);
    let conversation = There {
        deployments: vec![three],
        replica_sets: vec![replica_set("2", 0)],
        ..There::default()
    }
    .conversation();
    let coming = async {
        sleep(Duration::from_secs(15)).await;
        conversation.change(SETS, &replica_set("2", 1)).await;
    };
    let start = Instant::now();
    let (waited, ()) = tokio::join!(waited(&conversation, backend(), 20), coming);
    assert_eq!(start.elapsed().as_secs(), 35);
    assert_eq!(failed(waited).cause.message, "1 of 3 and no more for 20 s");
}

/// After how many seconds a pod that no node takes ends the waiting, where the pod of before is there or leaves.
async fn full(leaves: bool) -> (u64, Reason) {
    let placed = json!({"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
        "message": "0/1 nodes are available: 1 Insufficient cpu."});
    let mut new = pod("backend-2", &waiting("", ""));
    new["status"] = json!({"phase": "Pending", "conditions": [placed]});
    let mut old = pod("backend-1", &json!({"state": {"running": {}}}));
    old["metadata"]["labels"] = json!({"app.kubernetes.io/part-of": "shopmicro"});
    if leaves {
        old["metadata"]["deletionTimestamp"] = json!("2026-11-23T10:00:00Z");
    }
    let conversation = There {
        deployments: vec![deployment()],
        replica_sets: vec![replica_set("2", 0)],
        pods: vec![new, old],
        ..There::default()
    }
    .conversation();
    let start = Instant::now();
    let failed = failed(waited(&conversation, backend(), 40).await);
    (start.elapsed().as_secs(), failed.cause.reason)
}

#[tokio::test(start_paused = true)]
async fn a_pod_that_leaves_makes_room_first() {
    assert_eq!(full(false).await, (12, Reason::Unschedulable));
    assert_eq!(full(true).await, (40, Reason::Unschedulable));
}

/// How a call ends whose migration fails, where every service has a pod that is ready.
async fn ends(before: Option<&'static str>) -> Exit {
    let (mut job, mut pods) = attempts(3);
    job["status"]["conditions"] = json!([{"type": "Failed", "status": "True"}]);
    let ready = ["backend", "frontend", "ml-service"].map(|name| {
        json!({"metadata": {"name": name, "labels": {"app.kubernetes.io/name": name}},
            "status": {"conditions": [{"type": "Ready", "status": "True"}]}})
    });
    pods.extend(ready);
    let conversation = There {
        jobs: vec![job],
        pods,
        before,
        ..There::default()
    }
    .conversation();
    waited(&conversation, migration(), 20)
        .await
        .unwrap_err()
        .exit()
}

#[tokio::test]
async fn a_first_release_has_none_before_it_that_serves() {
    assert_eq!(ends(None).await, Exit::NothingServing);
    assert_eq!(ends(Some("1-abc")).await, Exit::PreviousServing);
}

/// Which Jobs are removed before the migration is applied anew, where it is like that.
async fn removed(job: Value, pods: Vec<Value>) -> Vec<String> {
    let mut refused = json!({"metadata": {}, "type": "Warning", "reason": "FailedCreate",
        "message": "pods \"a\" is forbidden: exceeded quota: q"});
    refused["involvedObject"] = json!({"kind": "Job", "name": "migration-1", "uid": "migration-1"});
    let conversation = There {
        jobs: vec![job],
        pods,
        events: vec![refused],
        ..There::default()
    }
    .conversation();
    start_afresh(&conversation.cluster, "shop", &[migration()])
        .await
        .unwrap();
    conversation.asked("DELETE /apis/batch")
}

#[tokio::test]
async fn a_job_of_which_nothing_runs_makes_room() {
    let (job, failed) = attempts(1);
    let gone = ["DELETE /apis/batch/v1/namespaces/shop/jobs/migration-1"];
    // The pod could not be made, or the next attempt is waited for.
    assert_eq!(removed(job.clone(), vec![]).await, gone);
    assert_eq!(removed(job.clone(), failed).await, gone);
    let nothing: [&str; 0] = [];
    for phase in ["Pending", "Running", "Succeeded"] {
        let pod = json!({"metadata": owned("migration-1-a", "Job", "migration-1"), "status": {"phase": phase}});
        assert_eq!(removed(job.clone(), vec![pod]).await, nothing, "{phase}");
    }
    let mut done = job;
    done["status"] =
        json!({"succeeded": 1, "conditions": [{"type": "Complete", "status": "True"}]});
    assert_eq!(removed(done, vec![]).await, nothing);
}

#[tokio::test(start_paused = true)]
async fn a_right_to_watch_that_is_missing_is_told() {
    let words = "events is forbidden: User \"ann\" cannot list resource \"events\"";
    let refused = vec![(
        "GET /api/v1/namespaces/shop/events",
        Answer::Forbidden(words),
    )];
    let conversation = There::default().after(refused);
    let start = Instant::now();
    let refused = start_afresh(&conversation.cluster, "shop", &[backend()]).await;
    assert!(start.elapsed() < Duration::from_secs(20));
    let told = refused.unwrap_err().to_string();
    assert!(told.contains(words), "{told}");
}

#[tokio::test]
async fn nothing_is_asked_where_nothing_was_to_be_started() {
    let conversation = There::default().conversation();
    start_afresh(&conversation.cluster, "shop", &[])
        .await
        .unwrap();
    assert!(conversation.asked("").is_empty());
}
