//! What the checks say to a cluster that answers in this or that way.

use k8s_openapi::ByteString;
use serde_json::{Value, json};

use super::run::run;
use crate::config::kubernetes::{Sections, resolve};
use crate::platform::Verdict;
use crate::platform::kube::conversation::{Answer, Conversation};

/// What the shop runs.
pub const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// Asks for its pods.
pub const PODS: &str = "GET /api/v1/namespaces/shopmicro/pods";

/// A list of these.
pub fn list(items: &Value) -> Answer {
    Answer::Object(
        json!({ "kind": "List", "metadata": { "resourceVersion": "1" }, "items": items }),
    )
}

fn labels(name: &str) -> Value {
    json!({ "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "shopmicro" })
}

/// A service that runs it, or a data store.
pub fn deployment(name: &str, component: &str) -> Value {
    json!({
        "metadata": { "name": name, "labels": labels(component) },
        "spec": { "selector": {}, "template": { "spec": { "containers": [{ "name": component, "image": format!("r/{component}@{DIGEST}") }] } } },
    })
}

/// A pod of a component.
pub fn pod(name: &str, component: &str, node: &str, digest: &str, ready: &str) -> Value {
    json!({
        "metadata": { "name": name, "labels": labels(component) },
        "spec": { "nodeName": node, "containers": [{ "name": component, "image": format!("r/{component}@{digest}") }] },
        "status": { "conditions": [{ "type": "Ready", "status": ready }] },
    })
}

/// A shop of three services, with these pods.
fn shop(pods: &Value, phase: &str) -> Conversation {
    Conversation::with(answers(pods, phase))
}

/// The same, with something that is answered otherwise.
pub fn shop_with(mut first: Vec<(&'static str, Answer)>, pods: &Value) -> Conversation {
    first.extend(answers(pods, "Bound"));
    Conversation::with(first)
}

fn answers(pods: &Value, phase: &str) -> Vec<(&'static str, Answer)> {
    let deployments = json!([
        deployment("backend", "backend"),
        deployment("frontend", "frontend"),
        deployment("ml-service-deployment", "ml-service"),
    ]);
    let claims =
        json!([{ "metadata": { "name": "data-postgres-0" }, "status": { "phase": phase } }]);
    vec![
        (
            "GET /apis/apps/v1/namespaces/shopmicro/deployments",
            list(&deployments),
        ),
        (
            "GET /apis/apps/v1/namespaces/shopmicro/statefulsets",
            list(&json!([])),
        ),
        (PODS, list(pods)),
        (
            "GET /api/v1/namespaces/shopmicro/persistentvolumeclaims",
            list(&claims),
        ),
        ("GET /api/v1/namespaces/shopmicro/events", list(&json!([]))),
    ]
}

/// Verdict and cause of one check.
pub async fn judged(conversation: &Conversation, name: &str) -> (Verdict, String) {
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
        pod("ml-service-1", "ml-service", "host-1", DIGEST, "True"),
    ])
}

#[tokio::test]
async fn a_healthy_shop_passes() {
    let shop = shop(&two_pods("host-2", DIGEST, "True"), "Bound");
    let passed = |text: &str| (Verdict::Passed, text.to_owned());
    assert_eq!(judged(&shop, "pods").await, passed("4 pods of 3 workloads"));
    assert_eq!(judged(&shop, "claims").await, passed("data-postgres-0"));
    assert_eq!(judged(&shop, "spread").await, passed("over 2 nodes"));
}

#[tokio::test]
async fn a_pod_that_its_node_has_put_out_is_not_missed() {
    let mut pods = two_pods("host-2", DIGEST, "True");
    let mut evicted = pod("backend-0", "backend", "host-1", DIGEST, "False");
    evicted["status"]["phase"] = json!("Failed");
    pods.as_array_mut().unwrap().push(evicted);
    let passed = (Verdict::Passed, "4 pods of 3 workloads".to_owned());
    assert_eq!(judged(&shop(&pods, "Bound"), "pods").await, passed);
}

#[tokio::test]
async fn a_pod_that_has_just_been_added_is_waited_for() {
    let mut ready = two_pods("host-2", DIGEST, "True");
    let mut waiting = two_pods("host-2", DIGEST, "False");
    let first = vec![
        (
            PODS,
            Answer::Once(json!({ "metadata": {}, "items": waiting })),
        ),
        (PODS, Answer::Listed(waiting.clone())),
    ];
    let shop = shop_with(first, &json!([]));
    ready[1]["metadata"]["resourceVersion"] = json!("2");
    let path = "/api/v1/namespaces/shopmicro/pods";
    let (judged, ()) = tokio::join!(judged(&shop, "pods"), shop.change(path, &ready[1]));
    assert_eq!(judged.0, Verdict::Passed, "{}", judged.1);

    waiting[1]["status"]["containerStatuses"] = json!([{
        "name": "backend", "image": "", "imageID": "", "ready": false, "restartCount": 3,
        "state": { "waiting": { "reason": "CrashLoopBackOff", "message": "back-off" } },
    }]);
    let shop = shop_with(vec![(PODS, Answer::Listed(waiting))], &json!([]));
    let (verdict, cause) = self::judged(&shop, "pods").await;
    assert_eq!(verdict, Verdict::Failed);
    assert!(
        cause.starts_with("pod `backend-2` is not Ready: "),
        "{cause}"
    );
    assert!(cause.contains("CrashLoopBackOff"), "{cause}");
}

#[tokio::test(start_paused = true)]
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

fn on_one_node(nodes: Option<Value>) -> Conversation {
    let pods = json!([
        pod("backend-1", "backend", "host-1", DIGEST, "True"),
        pod("backend-2", "backend", "host-1", DIGEST, "True"),
    ]);
    let asked = nodes.map(|nodes| ("GET /api/v1/nodes", list(&nodes)));
    shop_with(asked.into_iter().collect(), &pods)
}

fn ready_node(name: &str, taints: &Value) -> Value {
    json!({
        "metadata": { "name": name },
        "spec": { "taints": taints },
        "status": { "conditions": [{ "type": "Ready", "status": "True" }] },
    })
}

#[tokio::test]
async fn a_shop_on_one_node_of_several_is_a_warning() {
    let nodes = json!([
        ready_node("host-1", &json!([])),
        ready_node("host-2", &json!([]))
    ]);
    let judged = judged(&on_one_node(Some(nodes)), "spread").await;
    let cause = "all pods are on node `host-1`, and 1 more would take some";
    assert_eq!(judged, (Verdict::Warned, cause.to_owned()));
}

#[tokio::test]
async fn a_shop_on_the_only_node_that_takes_pods_is_spread() {
    let control_plane =
        json!([{ "key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule" }]);
    let nodes = json!([
        ready_node("host-0", &control_plane),
        ready_node("host-1", &json!([]))
    ]);
    let judged = judged(&on_one_node(Some(nodes)), "spread").await;
    let evidence = "`host-1` is the only node that takes pods";
    assert_eq!(judged, (Verdict::Passed, evidence.to_owned()));
}

#[tokio::test]
async fn who_may_not_list_nodes_is_told_so() {
    let (verdict, evidence) = judged(&on_one_node(None), "spread").await;
    assert_eq!(verdict, Verdict::Warned);
    let known =
        "all pods are on node `host-1`; whether others take pods is unknown: cannot list the nodes";
    assert!(evidence.starts_with(known), "{evidence}");
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

#[tokio::test]
async fn a_workload_without_a_pod_is_named() {
    let pods = json!([
        pod("backend-1", "backend", "host-1", DIGEST, "True"),
        pod("frontend-1", "frontend", "host-2", DIGEST, "True"),
    ]);
    let (verdict, cause) = judged(&shop(&pods, "Bound"), "pods").await;
    assert_eq!(
        (verdict, cause.as_str()),
        (
            Verdict::Failed,
            "no pod of deployment `ml-service-deployment` runs"
        )
    );
}

#[tokio::test]
async fn the_release_says_which_digest_is_the_right_one() {
    let images = json!({ "backend": "sha256:new", "frontend": DIGEST, "ml-service": DIGEST });
    let inventory = json!({ "release": "1-abc", "objects": [], "images": images }).to_string();
    let secret = json!({
        "metadata": { "name": "shopctl-inventory" },
        "data": { "inventory.json": ByteString(inventory.into_bytes()) },
    });
    let path = "GET /api/v1/namespaces/shopmicro/secrets/shopctl-inventory";
    let shop = shop_with(
        vec![(path, Answer::Object(secret))],
        &two_pods("host-2", DIGEST, "True"),
    );
    let (verdict, cause) = judged(&shop, "pods").await;
    assert_eq!(verdict, Verdict::Failed);
    let named = "container `backend` of deployment `backend` has image sha256:0";
    assert!(cause.starts_with(named), "{cause}");
    assert!(cause.ends_with("the release sha256:new"), "{cause}");
}

#[tokio::test]
async fn every_container_needs_a_digest() {
    let mut backend = deployment("backend", "backend");
    backend["spec"]["template"]["spec"]["initContainers"] =
        json!([{ "name": "first", "image": "r/backend:latest" }]);
    let path = "GET /apis/apps/v1/namespaces/shopmicro/deployments";
    let shop = shop_with(
        vec![(path, list(&json!([backend])))],
        &two_pods("host-2", DIGEST, "True"),
    );
    let (verdict, cause) = judged(&shop, "pods").await;
    assert_eq!(
        (verdict, cause.as_str()),
        (
            Verdict::Failed,
            "container `first` of deployment `backend` has an image without a digest: `r/backend:latest`"
        )
    );
}

#[tokio::test]
async fn a_workload_that_is_to_scale_needs_an_autoscaler() {
    let path = "GET /apis/autoscaling/v2/namespaces/shopmicro/horizontalpodautoscalers";
    let shop = shop_with(
        vec![(path, Answer::Listed(json!([])))],
        &two_pods("host-2", DIGEST, "True"),
    );
    let (verdict, cause) = judged(&shop, "autoscalers").await;
    assert_eq!(
        (verdict, cause.as_str()),
        (
            Verdict::Failed,
            "deployment `backend` is to scale, but has no autoscaler"
        )
    );
}

#[tokio::test]
async fn only_the_refusal_of_restricted_counts() {
    let path = "POST /api/v1/namespaces/shopmicro/pods";
    let asked = async |answer| {
        let shop = shop_with(vec![(path, answer)], &json!([]));
        judged(&shop, "pod-security").await.0
    };
    let refused =
        "pods \"a\" is forbidden: violates PodSecurity \"restricted:latest\": runAsNonRoot != true";
    assert_eq!(asked(Answer::Forbidden(refused)).await, Verdict::Passed);
    let other = "pods is forbidden: User \"a\" cannot create resource \"pods\"";
    assert_eq!(asked(Answer::Forbidden(other)).await, Verdict::Failed);
    let made = Answer::Object(json!({ "metadata": { "name": "a" } }));
    assert_eq!(asked(made).await, Verdict::Failed);
}

/// A shop with what the handbook names besides its services; its entry answers to that host.
fn by_the_book(autoscaled: &[&str], host: &str) -> Conversation {
    let autoscalers: Vec<_> = autoscaled
        .iter()
        .map(|name| json!({ "metadata": { "name": name } }))
        .collect();
    let service = json!({ "metadata": { "name": "frontend" } });
    let ingress = json!({
        "metadata": { "name": "shopmicro-ingress" },
        "spec": { "rules": [{ "host": host }] },
    });
    let first = vec![
        (
            "GET /api/v1/namespaces/shopmicro/services/frontend",
            Answer::Object(service),
        ),
        (
            "GET /apis/autoscaling/v2/namespaces/shopmicro/horizontalpodautoscalers",
            list(&json!(autoscalers)),
        ),
        (
            "GET /apis/networking.k8s.io/v1/namespaces/shopmicro/ingresses/shopmicro-ingress",
            Answer::Object(ingress),
        ),
    ];
    shop_with(first, &json!([]))
}

#[tokio::test]
async fn the_handbook_names_autoscalers_and_a_host() {
    let all = ["backend", "frontend", "ml-service-deployment"];
    let shop = by_the_book(&all, "shopmicro.local");
    assert_eq!(judged(&shop, "handbook").await.0, Verdict::Passed);
    let (verdict, cause) = judged(&by_the_book(&all, "other.local"), "handbook").await;
    assert_eq!(
        (verdict, cause.as_str()),
        (
            Verdict::Failed,
            "ingress `shopmicro-ingress` has no rule for host `shopmicro.local`"
        )
    );
    let shop = by_the_book(&all[..1], "shopmicro.local");
    let (verdict, cause) = judged(&shop, "handbook").await;
    assert_eq!(
        (verdict, cause.as_str()),
        (
            Verdict::Failed,
            "there is no hpa `frontend` in namespace `shopmicro`"
        )
    );
}
