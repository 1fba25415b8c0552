//! What the probes of the network and of the Secrets say to a cluster that answers in this or that way.

use std::time::Duration;

use k8s_openapi::ByteString;
use serde_json::{Value, json};

use super::conversations::{DIGEST, PODS, deployment, judged, list, pod, shop_with};
use super::run::run;
use crate::config::kubernetes::{Sections, resolve};
use crate::platform::Verdict;
use crate::platform::kube::conversation::{Answer, Conversation};

const MAKE: &str = "POST /api/v1/namespaces/shopmicro/pods";

const PASSWORD: &str = "abcdefghijklmnop";

/// The shop's own pods: Redis.
fn redis() -> Value {
    let mut redis = pod("redis-0", "redis", "host-1", DIGEST, "True");
    redis["status"]["podIP"] = json!("10.1.2.3");
    json!([redis])
}

/// A probe of a run long ago that has ended like this.
fn ended(name: &str, code: i32) -> Value {
    json!({
        "metadata": { "name": name, "creationTimestamp": "2020-01-01T00:00:00Z" },
        "spec": { "containers": [] },
        "status": { "phase": "Failed", "containerStatuses": [{
            "name": "probe", "image": "", "imageID": "", "ready": false, "restartCount": 0,
            "state": { "terminated": { "exitCode": code, "message": "its last words\n" } },
        }] },
    })
}

/// A network in which both probes end like this.
fn network(pods: &Value) -> Conversation {
    network_after(&[], pods)
}

fn made(name: &str) -> Value {
    json!({ "metadata": { "name": name } })
}

/// A network in which probes of these names are made before.
fn network_after(earlier: &[&str], pods: &Value) -> Conversation {
    let sets = "GET /apis/apps/v1/namespaces/shopmicro/statefulsets";
    let deployments = "GET /apis/apps/v1/namespaces/shopmicro/deployments";
    let earlier = earlier.iter().map(|name| (MAKE, Answer::Once(made(name))));
    let mut first: Vec<_> = earlier.collect();
    first.extend([
        (deployments, list(&json!([]))),
        (sets, list(&json!([deployment("redis", "redis")]))),
        (MAKE, Answer::Once(made("admitted"))),
        (MAKE, Answer::Object(made("stranger"))),
        // The shop's pods, then those of earlier runs, then the probes.
        (PODS, Answer::Once(listed(&redis()))),
        (PODS, Answer::Once(listed(&json!([])))),
        (PODS, Answer::Listed(pods.clone())),
    ]);
    shop_with(first, &json!([]))
}

fn listed(items: &Value) -> Value {
    json!({ "kind": "List", "metadata": { "resourceVersion": "1" }, "items": items })
}

async fn told(admitted: i32, stranger: i32) -> (Verdict, String) {
    let pods = json!([ended("admitted", admitted), ended("stranger", stranger)]);
    let network = network(&pods);
    let told = judged(&network, "network-policies").await;
    let specs = network.sent(MAKE);
    let term = "/spec/affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/0";
    let beside = specs[1].pointer(term).unwrap();
    for (label, value) in beside["labelSelector"]["matchLabels"].as_object().unwrap() {
        assert_eq!(&specs[0]["metadata"]["labels"][label], value, "{label}");
    }
    let removed = network.asked("DELETE /api/v1/namespaces/shopmicro/pods");
    assert!(removed.len() >= 2, "both are removed: {removed:?}");
    told
}

#[tokio::test]
async fn only_a_refusal_beside_an_admission_proves_anything() {
    assert_eq!(told(42, 43).await.0, Verdict::Passed);
    let (verdict, cause) = told(42, 42).await;
    assert_eq!(verdict, Verdict::Warned, "{cause}");
    for (admitted, stranger, named) in [
        (43, 43, "has not reached Redis: its last words"),
        (43, 42, "has not reached Redis: its last words"),
        (
            42,
            127,
            "no labels could not try the connection to Redis (exit code 127): its last words",
        ),
        (
            137,
            43,
            "`backend` could not try the connection to Redis (exit code 137)",
        ),
    ] {
        let (verdict, cause) = told(admitted, stranger).await;
        assert_eq!(verdict, Verdict::Failed);
        assert!(cause.contains(named), "{cause}");
    }
}

#[tokio::test]
async fn a_network_that_has_lost_the_api_server_is_asked_again() {
    let pods = json!([
        ended("early", 43),
        ended("early-stranger", 43),
        ended("admitted", 42),
        ended("stranger", 43),
    ]);
    let network = || network_after(&["early", "early-stranger"], &pods);
    let (verdict, cause) = judged(&network(), "network-policies").await;
    assert_eq!(verdict, Verdict::Failed, "{cause}");
    let network = network();
    network.cluster.silence.goes_on("connection refused");
    let (verdict, cause) = judged(&network, "network-policies").await;
    assert_eq!(verdict, Verdict::Passed, "{cause}");
}

#[tokio::test]
async fn an_interrupted_run_removes_its_probes() {
    let mut waiting = ended("admitted", 0);
    waiting["status"] = json!({ "phase": "Pending" });
    let network = network(&json!([waiting]));
    let settings = resolve(Sections::default()).unwrap();
    let only = ["network-policies".to_owned()];
    let interrupted = async {
        while network.asked(MAKE).len() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let results = run(&network.cluster, &settings, &only, interrupted).await;
    assert!(results.unwrap().is_none());
    let removed = network.asked("DELETE /api/v1/namespaces/shopmicro/pods");
    assert_eq!(
        removed,
        ["DELETE /api/v1/namespaces/shopmicro/pods/admitted"]
    );
}

/// A shop whose Secrets hold the password, with something that may show it.
fn telling(first: Vec<(&'static str, Answer)>) -> Conversation {
    telling_of(&["backend-1"], first)
}

/// The same, with pods of these names.
fn telling_of(names: &[&str], first: Vec<(&'static str, Answer)>) -> Conversation {
    let value = ByteString(PASSWORD.as_bytes().to_vec());
    let secret = json!({ "metadata": { "name": "any" }, "data": { "key": value } });
    let mut answers = first;
    let secrets = "GET /api/v1/namespaces/shopmicro/secrets/";
    answers.push((secrets, Answer::Object(secret)));
    for path in [
        "GET /api/v1/namespaces/shopmicro/configmaps",
        "GET /apis/batch/v1/namespaces/shopmicro/jobs",
        "GET /apis/batch/v1/namespaces/shopmicro/cronjobs",
        "GET /apis/networking.k8s.io/v1/namespaces/shopmicro/ingresses",
    ] {
        answers.push((path, list(&json!([]))));
    }
    let state = |name: &str, restarts: i32| json!({ "name": name, "image": "", "imageID": "", "ready": true, "restartCount": restarts });
    let pods = names.iter().map(|name| {
        let mut pod = pod(name, "backend", "host-1", DIGEST, "True");
        pod["status"]["initContainerStatuses"] = json!([state("first", 0)]);
        pod["status"]["containerStatuses"] = json!([state("backend", 1)]);
        pod
    });
    shop_with(answers, &pods.collect())
}

const LOG: &str = "GET /api/v1/namespaces/shopmicro/pods/backend-1/log";

#[tokio::test]
async fn secrets_are_looked_for_in_every_log() {
    let shop = telling(vec![(LOG, Answer::Text("all is well"))]);
    let (verdict, told) = judged(&shop, "secrets-unseen").await;
    assert_eq!(
        (verdict, told.as_str()),
        (
            Verdict::Passed,
            "1 values in 3 logs and 4 objects and events"
        )
    );
    let shop = telling(vec![(LOG, Answer::Text("password abcdefghijklmnop"))]);
    let (verdict, told) = judged(&shop, "secrets-unseen").await;
    assert_eq!(
        (verdict, told.as_str()),
        (
            Verdict::Failed,
            "a value of the shop's Secrets is in the log of container `first` of pod `backend-1`"
        )
    );
}

#[tokio::test]
async fn a_log_that_cannot_be_read_takes_nothing_from_the_others() {
    let away = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": "the node is away", "reason": "InternalError", "code": 500,
    });
    let once = vec![
        (LOG, Answer::RefusedOnce(away.clone())),
        (LOG, Answer::Text("all is well")),
    ];
    let (verdict, told) = judged(&telling(once), "secrets-unseen").await;
    assert_eq!(verdict, Verdict::Passed, "{told}");
    let refusing = vec![
        (LOG, Answer::Refused(away.clone())),
        (
            "GET /api/v1/namespaces/shopmicro/pods/backend-2/log",
            Answer::Text("all is well"),
        ),
    ];
    let shop = telling_of(&["backend-1", "backend-2"], refusing);
    let (verdict, told) = judged(&shop, "secrets-unseen").await;
    assert_eq!(verdict, Verdict::Warned, "{told}");
    assert!(
        told.starts_with(
            "looked for 1 values in 3 logs and 5 objects and events, but not in 3 more: "
        ),
        "{told}"
    );
    assert!(told.ends_with("the node is away"), "{told}");
    let never = telling(vec![(LOG, Answer::Refused(away))]);
    let (verdict, told) = judged(&never, "secrets-unseen").await;
    assert_eq!(verdict, Verdict::Failed, "{told}");
}

#[tokio::test]
async fn secrets_are_looked_for_in_objects_and_events() {
    let encoded = json!(ByteString(format!("a:{PASSWORD}").into_bytes()));
    let map = json!([{ "metadata": { "name": "settings" }, "data": { "a": encoded } }]);
    let event = json!([{
        "metadata": { "name": "it" }, "involvedObject": {}, "reason": PASSWORD,
    }]);
    for (path, items, place) in [
        (
            "GET /api/v1/namespaces/shopmicro/configmaps",
            map,
            "config map `settings`",
        ),
        (
            "GET /api/v1/namespaces/shopmicro/events",
            event,
            "event `it`",
        ),
    ] {
        let shop = telling(vec![(path, list(&items)), (LOG, Answer::Text(""))]);
        let (verdict, told) = judged(&shop, "secrets-unseen").await;
        assert_eq!(verdict, Verdict::Failed);
        assert_eq!(told, format!("a value of the shop's Secrets is in {place}"));
    }
}

#[tokio::test]
async fn nothing_to_look_for_is_no_success() {
    let empty = Answer::Object(json!({ "metadata": { "name": "any" } }));
    let shop = telling(vec![("GET /api/v1/namespaces/shopmicro/secrets/", empty)]);
    let (verdict, told) = judged(&shop, "secrets-unseen").await;
    assert_eq!(verdict, Verdict::Failed);
    assert!(
        told.starts_with("no Secret of the shop has a value"),
        "{told}"
    );
}
