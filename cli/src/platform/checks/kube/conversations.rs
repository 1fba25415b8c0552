//! What the checks say to a cluster that answers in this or that way.

use serde_json::{Value, json};

use super::run::run;
use crate::config::kubernetes::{Sections, resolve};
use crate::platform::Verdict;
use crate::platform::kube::conversation::{Answer, Conversation};

const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn list(items: &Value) -> Answer {
    Answer::Object(
        json!({ "kind": "List", "metadata": { "resourceVersion": "1" }, "items": items }),
    )
}

fn labels(name: &str) -> Value {
    json!({ "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "shopmicro" })
}

fn deployment(name: &str, component: &str) -> Value {
    json!({
        "metadata": { "name": name, "labels": labels(component) },
        "spec": { "selector": {}, "template": { "spec": { "containers": [{ "name": component, "image": format!("r/{component}@{DIGEST}") }] } } },
    })
}

fn pod(name: &str, component: &str, node: &str, digest: &str, ready: &str) -> Value {
    json!({
        "metadata": { "name": name, "labels": labels(component) },
        "spec": { "nodeName": node, "containers": [{ "name": component, "image": format!("r/{component}@{digest}") }] },
        "status": { "conditions": [{ "type": "Ready", "status": ready }] },
    })
}

/// A shop of three services, with these pods.
fn shop(pods: &Value, phase: &str) -> Conversation {
    let deployments = json!([
        deployment("backend", "backend"),
        deployment("frontend", "frontend"),
        deployment("ml-service-deployment", "ml-service"),
    ]);
    let claims =
        json!([{ "metadata": { "name": "data-postgres-0" }, "status": { "phase": phase } }]);
    Conversation::with(vec![
        (
            "GET /apis/apps/v1/namespaces/shopmicro/deployments",
            list(&deployments),
        ),
        (
            "GET /apis/apps/v1/namespaces/shopmicro/statefulsets",
            list(&json!([])),
        ),
        ("GET /api/v1/namespaces/shopmicro/pods", list(pods)),
        (
            "GET /api/v1/namespaces/shopmicro/persistentvolumeclaims",
            list(&claims),
        ),
        ("GET /api/v1/namespaces/shopmicro/events", list(&json!([]))),
    ])
}

/// Verdict and cause of one check.
async fn judged(conversation: &Conversation, name: &str) -> (Verdict, String) {
    let settings = resolve(Sections::default()).unwrap();
    let only = [name.to_owned()];
    let results = run(
        &conversation.cluster,
        &settings,
        &only,
        std::future::pending(),
    )
    .await;
    let result = results.unwrap().unwrap().remove(0);
    (
        result.verdict,
        result.cause.or(result.evidence).unwrap_or_default(),
    )
}

fn two_pods(node: &str, digest: &str, ready: &str) -> Value {
    json!([
        pod("backend-1", "backend", "host-1", DIGEST, "True"),
        pod("backend-2", "backend", node, digest, ready),
        pod("frontend-1", "frontend", "host-2", DIGEST, "True"),
    ])
}

#[tokio::test]
async fn a_healthy_shop_passes() {
    let shop = shop(&two_pods("host-2", DIGEST, "True"), "Bound");
    let passed = |text: &str| (Verdict::Passed, text.to_owned());
    assert_eq!(judged(&shop, "pods").await, passed("3 pods of 3 workloads"));
    assert_eq!(judged(&shop, "claims").await, passed("data-postgres-0"));
    assert_eq!(judged(&shop, "spread").await, passed("over 2 nodes"));
}

#[tokio::test]
async fn a_pod_that_is_not_ready_is_named() {
    let shop = shop(&two_pods("host-2", DIGEST, "False"), "Bound");
    let (verdict, cause) = judged(&shop, "pods").await;
    assert_eq!(
        (verdict, cause.as_str()),
        (Verdict::Failed, "pod `backend-2` is not Ready")
    );
}

#[tokio::test]
async fn a_pod_of_another_release_is_named() {
    let shop = shop(&two_pods("host-2", "sha256:old", "True"), "Bound");
    let (verdict, cause) = judged(&shop, "pods").await;
    assert_eq!(verdict, Verdict::Failed);
    assert!(
        cause.starts_with("pod `backend-2` runs r/backend@sha256:old"),
        "{cause}"
    );
}

#[tokio::test]
async fn pods_on_one_node_are_a_warning() {
    let shop = shop(&two_pods("host-1", DIGEST, "True"), "Bound");
    let (verdict, cause) = judged(&shop, "spread").await;
    assert_eq!(
        (verdict, cause.as_str()),
        (
            Verdict::Warned,
            "all 2 pods of `backend` are on node `host-1`"
        )
    );
}

#[tokio::test]
async fn a_claim_that_waits_is_named() {
    let shop = shop(&two_pods("host-2", DIGEST, "True"), "Pending");
    let (verdict, cause) = judged(&shop, "claims").await;
    assert_eq!(
        (verdict, cause.as_str()),
        (Verdict::Failed, "claim `data-postgres-0` is Pending")
    );
}

#[tokio::test]
async fn what_the_handbook_names_must_be_there() {
    let shop = shop(&json!([]), "Bound");
    let (verdict, cause) = judged(&shop, "handbook").await;
    assert_eq!(
        (verdict, cause.as_str()),
        (
            Verdict::Failed,
            "there is no svc `frontend` in namespace `shopmicro`"
        )
    );
}
