//! Whole proofs of clusters that only speak.

use std::future::pending;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::run;
use crate::platform::kube::conversation::{Answer, Conversation};
use crate::platform::{CheckResult, Verdict};

const PODS: &str = "GET /api/v1/namespaces/SCRATCH/pods";

fn node(name: &str, ready: &str) -> Value {
    json!({
        "metadata": { "name": name },
        "status": {
            "addresses": [{ "type": "InternalIP", "address": "10.0.0.1" }],
            "conditions": [{ "type": "Ready", "status": ready, "message": "container runtime is down" }],
            "nodeInfo": {
                "architecture": "amd64", "bootID": "", "containerRuntimeVersion": "", "kernelVersion": "",
                "kubeProxyVersion": "", "kubeletVersion": "v1.36.3", "machineID": "", "operatingSystem": "linux",
                "osImage": "", "systemUUID": "",
            },
        },
    })
}

fn nodes(of: &[Value]) -> (&'static str, Answer) {
    let list = json!({ "kind": "NodeList", "metadata": {}, "items": of });
    ("GET /api/v1/nodes", Answer::Object(list))
}

/// A pod on a node, its one container in that state.
fn pod(name: &str, node: &str, state: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": { "name": name, "resourceVersion": "2" },
        "spec": { "nodeName": node, "containers": [] },
        "status": { "phase": "Running", "containerStatuses": [{
            "name": "main", "image": "busybox:1.37", "imageID": "busybox@sha256:abc", "ready": true,
            "restartCount": 0, "state": state,
        }] },
    })
}

fn empty_list() -> Answer {
    Answer::Object(json!({ "kind": "List", "metadata": {}, "items": [] }))
}

async fn checked(conversation: &Conversation, only: &[&str]) -> Vec<CheckResult> {
    let only: Vec<_> = only.iter().map(|name| (*name).to_owned()).collect();
    let results = run(&conversation.cluster, &only, pending()).await.unwrap();
    for result in &results {
        assert_eq!(result.verdict == Verdict::Passed, result.cause.is_none());
        assert_eq!(result.cause.is_none(), result.hint.is_none());
    }
    results
}

fn causes(results: &[CheckResult]) -> Vec<(&str, &str)> {
    let cause = |result: &'_ CheckResult| result.cause.as_deref().map(|_| ());
    let failed = results.iter().filter(|result| cause(result).is_some());
    failed
        .map(|result| (result.name, result.cause.as_deref().unwrap_or_default()))
        .collect()
}

/// Both nodes run their pods; every pod says this.
fn running(said: &'static str) -> Conversation {
    let state = json!({ "running": {} });
    Conversation::with(vec![
        nodes(&[node("host-1", "True"), node("host-2", "True")]),
        ("GET /api/v1/namespaces/SCRATCH/pods/", Answer::Text(said)),
        (
            PODS,
            Answer::Changes(json!([
                pod("on-0", "host-1", &state),
                pod("on-1", "host-2", &state)
            ])),
        ),
    ])
}

#[tokio::test]
async fn a_node_that_is_not_ready_is_named_in_the_words_of_its_kubelet() {
    let conversation = Conversation::with(vec![nodes(&[
        node("host-1", "True"),
        node("host-2", "False"),
    ])]);
    let results = checked(&conversation, &["cluster-nodes"]).await;
    assert_eq!(
        causes(&results),
        [(
            "cluster-nodes",
            "node `host-2` is not Ready: container runtime is down"
        )]
    );
    assert_eq!(
        results[0].hint.as_deref(),
        Some("kubectl --kubeconfig /kubeconfig describe node host-2")
    );
    assert!(conversation.asked("PATCH").is_empty());
}

#[tokio::test]
async fn dns_and_services_are_judged_by_what_the_pods_say() {
    let good = running("probe dns ok 10.96.0.1\nprobe service ok shop host-2\n");
    let results = checked(&good, &["cluster-image", "cluster-dns", "cluster-service"]).await;
    assert_eq!(causes(&results), []);
    let evidence: Vec<_> = results
        .iter()
        .filter_map(|result| result.evidence.as_deref())
        .collect();
    assert_eq!(
        evidence,
        [
            "docker.io/library/busybox:1.37 on 2 nodes: sha256:abc",
            "`kubernetes.default` from host-1, host-2",
            "host-1 → host-2, host-2 → host-1"
        ]
    );
    assert_eq!(good.asked("DELETE"), ["DELETE /api/v1/namespaces/SCRATCH"]);
    let bad = running(
        "probe service failed wget: download timed out\nprobe dns failed no servers could be reached\n",
    );
    let results = checked(&bad, &["cluster-dns", "cluster-service"]).await;
    assert_eq!(
        causes(&results),
        [
            (
                "cluster-dns",
                "`kubernetes.default` cannot be resolved in a pod on node `host-1`: no servers could be reached"
            ),
            (
                "cluster-service",
                "a pod on node `host-1` cannot reach the Service of a pod on node `host-2`: wget: download timed out"
            ),
        ]
    );
}

#[tokio::test]
async fn an_image_that_cannot_be_pulled_is_named_at_once_and_only_once() {
    let waiting =
        json!({ "waiting": { "reason": "ImagePullBackOff", "message": "connection refused" } });
    let conversation = Conversation::with(vec![
        nodes(&[node("host-1", "True"), node("host-2", "True")]),
        (
            PODS,
            Answer::Changes(json!([
                pod("on-0", "host-1", &json!({ "running": {} })),
                pod("on-1", "host-2", &waiting),
            ])),
        ),
    ]);
    let start = Instant::now();
    let results = checked(
        &conversation,
        &["cluster-image", "cluster-dns", "cluster-claim"],
    )
    .await;
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_eq!(
        causes(&results),
        [
            (
                "cluster-image",
                "image `busybox:1.37` of pod `on-1` cannot be pulled on node `host-2` (ImagePullBackOff): connection refused"
            ),
            ("cluster-dns", "needs `cluster-image`, which failed"),
            ("cluster-claim", "needs `cluster-image`, which failed"),
        ]
    );
}

#[tokio::test]
async fn what_nobody_has_installed_is_said_at_once() {
    let state = json!({ "running": {} });
    let conversation = Conversation::with(vec![
        nodes(&[node("host-1", "True")]),
        (
            PODS,
            Answer::Changes(json!([pod("on-0", "host-1", &state)])),
        ),
        ("GET /apis/storage.k8s.io/v1/storageclasses", empty_list()),
        (
            "GET /apis/networking.k8s.io/v1/ingressclasses",
            empty_list(),
        ),
    ]);
    let only = ["cluster-claim", "cluster-ingress", "cluster-autoscaler"];
    let results = checked(&conversation, &only).await;
    assert_eq!(
        causes(&results),
        [
            ("cluster-claim", "no storage class is the default one"),
            (
                "cluster-ingress",
                "there is no ingress class: no ingress controller is installed"
            ),
            (
                "cluster-autoscaler",
                "nobody serves the API `metrics.k8s.io/v1beta1`: metrics-server is not installed"
            ),
        ]
    );
}

#[tokio::test]
async fn what_a_killed_run_has_left_is_removed_by_the_next_one() {
    let namespace =
        |name: &str, made: &str| json!({ "metadata": { "name": name, "creationTimestamp": made } });
    let list = json!({ "kind": "PartialObjectMetadataList", "metadata": {}, "items": [
        namespace("left-behind", "2020-01-01T00:00:00Z"),
        namespace("just-made", "2999-01-01T00:00:00Z"),
    ] });
    let conversation = Conversation::with(vec![
        nodes(&[]),
        (
            "GET /api/v1/namespaces/SCRATCH/pods",
            Answer::Changes(json!([])),
        ),
        ("GET /api/v1/namespaces", Answer::Object(list)),
    ]);
    let results = checked(&conversation, &["cluster-image"]).await;
    assert_eq!(causes(&results), [("cluster-image", "no node is Ready")]);
    assert_eq!(
        conversation.asked("DELETE"),
        [
            "DELETE /api/v1/namespaces/left-behind",
            "DELETE /api/v1/namespaces/SCRATCH"
        ]
    );
}
