//! What is asked of a cluster until a shop is gone, and what is said of what is left.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Extent, Gone, down};
use crate::platform::kube::conversation::{Answer, Conversation};
use crate::platform::{Error, Events};

pub const LIMIT: Duration = Duration::from_secs(5);

pub fn list(items: &Value) -> Value {
    json!({ "kind": "List", "metadata": { "resourceVersion": "1" }, "items": items })
}

pub fn named(name: &str) -> Value {
    list(&json!([{ "metadata": { "name": name, "uid": "1" } }]))
}

/// What the namespace has, and after that nothing of it.
fn talk(mut answers: Vec<(&'static str, Answer)>) -> Conversation {
    answers.push((
        "GET /api/v1/namespaces/shop/",
        Answer::Object(list(&json!([]))),
    ));
    answers.push(("GET /apis/", Answer::Object(list(&json!([])))));
    Conversation::with(answers)
}

fn deployed() -> Vec<(&'static str, Answer)> {
    vec![
        (
            "GET /apis/apps/v1/namespaces/shop/deployments",
            Answer::Once(named("backend")),
        ),
        (
            "GET /apis/apps/v1/namespaces/shop/statefulsets",
            Answer::Once(named("postgres")),
        ),
        (
            "GET /apis/networking.k8s.io/v1/namespaces/shop/ingresses",
            Answer::Once(named("shopmicro-ingress")),
        ),
        ("GET /apis/gateway.networking.k8s.io/", Answer::NotFound),
        (
            "DELETE /api/v1/namespaces/shop/secrets/shopctl-inventory",
            Answer::NotFound,
        ),
    ]
}

async fn take_down(talk: &Conversation, delete_data: bool) -> Result<Gone, Error> {
    let extent = Extent {
        data: delete_data,
        certificate: Some("shop-tls"),
    };
    down(&talk.cluster, "shop", extent, LIMIT, &Events::unheard()).await
}

pub fn namespace(labels: &Value) -> Value {
    json!({ "metadata": { "name": "shop", "uid": "1", "labels": labels } })
}

#[tokio::test]
async fn the_entry_goes_first_and_the_data_stays() {
    let mut answers = deployed();
    answers.push((
        "GET /api/v1/namespaces/shop/persistentvolumeclaims",
        Answer::Object(named("data-postgres-0")),
    ));
    answers.push((
        "GET /api/v1/namespaces/shop/secrets",
        Answer::Object(named("postgres-credentials")),
    ));
    let talk = talk(answers);
    let gone = take_down(&talk, false).await.unwrap();
    assert_eq!(
        gone.deleted,
        [
            "ingress/shopmicro-ingress",
            "deployment/backend",
            "statefulset/postgres"
        ]
    );
    assert_eq!(
        gone.kept,
        [
            "persistentvolumeclaim/data-postgres-0",
            "secret/postgres-credentials",
            "lease/shopctl",
            "namespace/shop"
        ]
    );
    assert!(gone.left.is_empty(), "{gone:?}");
    let deleted = talk.asked("DELETE ");
    assert_eq!(
        deleted,
        [
            "DELETE /apis/networking.k8s.io/v1/namespaces/shop/ingresses/shopmicro-ingress",
            "DELETE /apis/apps/v1/namespaces/shop/deployments/backend",
            "DELETE /apis/apps/v1/namespaces/shop/statefulsets/postgres",
            "DELETE /api/v1/namespaces/shop/secrets/shopctl-inventory",
        ]
    );
}

#[tokio::test]
async fn data_goes_with_the_namespace_that_is_ours() {
    let mut ours = namespace(&json!({ "app.kubernetes.io/managed-by": "shopctl" }));
    ours["metadata"]["annotations"] = json!({ "shopmicro.dev/made-by": "shopctl" });
    let claim = json!([{ "metadata": { "name": "data-postgres-0", "uid": "1" }, "spec": { "volumeName": "pv-1" } }]);
    let kept = json!({ "metadata": { "name": "pv-1" }, "spec": { "persistentVolumeReclaimPolicy": "Retain" } });
    let mut answers = deployed();
    answers.push((
        "GET /api/v1/namespaces/shop/persistentvolumeclaims",
        Answer::Once(list(&claim)),
    ));
    answers.push((
        "GET /api/v1/namespaces/shop/persistentvolumeclaims",
        Answer::Once(list(&claim)),
    ));
    answers.push(("GET /api/v1/persistentvolumes/pv-1", Answer::Object(kept)));
    answers.push((
        "GET /api/v1/namespaces/shop/",
        Answer::Object(list(&json!([]))),
    ));
    answers.push(("GET /api/v1/namespaces/shop", Answer::Once(ours.clone())));
    answers.push(("GET /api/v1/namespaces/shop", Answer::Once(ours)));
    answers.push(("GET /api/v1/namespaces", Answer::Object(list(&json!([])))));
    let talk = talk(answers);
    let gone = take_down(&talk, true).await.unwrap();
    assert_eq!(
        gone.deleted[3..],
        ["persistentvolumeclaim/data-postgres-0", "namespace/shop"]
    );
    assert_eq!(
        gone.left,
        [
            "persistentvolume/pv-1 (see `kubectl --kubeconfig /kubeconfig describe persistentvolume/pv-1`, and delete it if \
             nobody needs it)"
        ]
    );
}

#[tokio::test]
async fn the_probe_of_a_verification_that_was_killed_goes_too() {
    let path = "GET /api/v1/namespaces/shop/pods";
    let probe = named("shopctl-verify-stranger-1");
    let mut answers = vec![
        (path, Answer::Once(probe)),
        ("GET /api/v1/namespaces/shop/pods/", Answer::NotFound),
    ];
    answers.extend(deployed());
    let talk = talk(answers);
    let gone = take_down(&talk, false).await.unwrap();
    assert!(
        gone.deleted
            .contains(&"pod/shopctl-verify-stranger-1".to_owned()),
        "{gone:?}"
    );
    assert!(gone.left.is_empty(), "{gone:?}");
    // It is part of no shop, so its maker is all that it can be found by.
    let by_maker = "&labelSelector=app.kubernetes.io%2Fmanaged-by%3Dshopctl";
    assert_eq!(talk.queries(path)[0], by_maker);
}

#[tokio::test]
async fn a_namespace_of_somebody_else_stays() {
    let theirs = Answer::Object(namespace(&json!({})));
    let mut answers = deployed();
    answers.push((
        "GET /api/v1/namespaces/shop/",
        Answer::Object(list(&json!([]))),
    ));
    answers.push(("GET /api/v1/namespaces/shop", theirs));
    let talk = talk(answers);
    let gone = take_down(&talk, true).await.unwrap();
    assert_eq!(gone.kept, ["namespace/shop (shopctl has not made it)"]);
    assert!(
        talk.asked("DELETE /api/v1/namespaces/shop")
            .iter()
            .all(|one| one.contains("secrets"))
    );
}

/// A Deployment that a finalizer holds, beside a `StatefulSet` and a claim.
fn held() -> Conversation {
    let held = json!({
        "metadata": { "name": "backend", "namespace": "shop", "uid": "1", "finalizers": ["example.com/hold"] },
    });
    talk(vec![
        (
            "GET /apis/apps/v1/namespaces/shop/deployments/backend",
            Answer::Object(held.clone()),
        ),
        (
            "GET /apis/apps/v1/namespaces/shop/deployments",
            Answer::Object(list(&json!([held]))),
        ),
        (
            "GET /apis/apps/v1/namespaces/shop/statefulsets",
            Answer::Once(named("postgres")),
        ),
        (
            "GET /api/v1/namespaces/shop/persistentvolumeclaims",
            Answer::Object(named("data-postgres-0")),
        ),
    ])
}

async fn take_down_briefly(talk: &Conversation, data: bool) -> Gone {
    let extent = Extent {
        data,
        certificate: None,
    };
    let limit = Duration::from_millis(100);
    let gone = down(&talk.cluster, "shop", extent, limit, &Events::unheard()).await;
    gone.unwrap()
}

const HELD: &str = "deployment/backend (its finalizers have not let it go: example.com/hold; see `kubectl --kubeconfig \
                    /kubeconfig describe deployment/backend -n shop`)";

#[tokio::test]
async fn what_a_finalizer_holds_is_named_and_the_rest_goes_on() {
    let gone = take_down_briefly(&held(), false).await;
    assert_eq!(gone.left, [HELD]);
    assert_eq!(gone.deleted, ["statefulset/postgres"]);
    assert!(gone.kept.contains(&"namespace/shop".to_owned()), "{gone:?}");
}

#[tokio::test]
async fn data_waits_for_what_may_still_use_it() {
    let talk = held();
    let gone = take_down_briefly(&talk, true).await;
    assert_eq!(
        gone.left,
        [
            "namespace/shop (it waits for what else is left)",
            HELD,
            "persistentvolumeclaim/data-postgres-0 (it waits for what else is left)"
        ]
    );
    let deleted = talk.asked("DELETE ");
    assert!(
        deleted.iter().all(|one| !one.contains("persistentvolumeclaims") && !one.ends_with("namespaces/shop")),
        "{deleted:?}"
    );
    // The lock has no meaning any more.
    assert!(
        deleted.iter().any(|one| one.contains("/leases/")),
        "{deleted:?}"
    );
}

#[tokio::test]
async fn what_may_not_be_deleted_is_named_with_the_right_to_ask_for() {
    let words = "deployments.apps \"backend\" is forbidden: User \"ann\" cannot delete resource \"deployments\" in API \
                 group \"apps\" in the namespace \"shop\"";
    let deployments = "GET /apis/apps/v1/namespaces/shop/deployments";
    let talk = talk(vec![
        (deployments, Answer::Object(named("backend"))),
        ("DELETE /apis/apps", Answer::Forbidden(words)),
    ]);
    let gone = take_down_briefly(&talk, false).await;
    assert!(
        gone.left.len() == 1 && gone.left[0].contains("auth can-i delete deployments.apps -n shop"),
        "{gone:?}"
    );
}

#[tokio::test]
async fn a_role_of_another_shop_stays() {
    let roles = list(&json!([
        { "metadata": { "name": "shop-traefik", "uid": "1" } },
        { "metadata": { "name": "other-traefik", "uid": "2" } },
    ]));
    let after = list(&json!([{ "metadata": { "name": "other-traefik", "uid": "2" } }]));
    let path = "GET /apis/rbac.authorization.k8s.io/v1/clusterroles";
    let talk = talk(vec![
        (path, Answer::Once(roles.clone())),
        (path, Answer::Once(roles)),
        (path, Answer::Object(after)),
        (
            "GET /apis/networking.k8s.io/v1/ingressclasses",
            Answer::Object(named("shopmicro-traefik")),
        ),
    ]);
    let gone = take_down(&talk, false).await.unwrap();
    assert_eq!(gone.deleted, ["clusterrole/shop-traefik"]);
    assert!(gone.left.is_empty(), "{gone:?}");
}
