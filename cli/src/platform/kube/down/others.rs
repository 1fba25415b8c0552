//! A namespace in which somebody else has something.

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::conversations::{LIMIT, list, named, namespace};
use super::{Extent, Gone, down};
use crate::platform::kube::conversation::{Answer, Conversation};
use crate::platform::{Event, Events};

/// A namespace that we have made and that is empty of our own, with these resources of the API and answers for them.
fn ours(mut answers: Vec<(&'static str, Answer)>) -> Conversation {
    let mut ours = namespace(&json!({}));
    ours["metadata"]["annotations"] = json!({ "shopmicro.dev/made-by": "shopctl" });
    let groups = ["snapshot.storage.k8s.io", "metrics.example.com"].map(|group| {
        let version = json!({ "groupVersion": format!("{group}/v1"), "version": "v1" });
        json!({ "name": group, "versions": [version], "preferredVersion": version })
    });
    let resources = |list: &[(&str, &str, bool, &[&str])]| {
        let resources: Vec<_> = list
            .iter()
            .map(|(name, kind, namespaced, verbs)| {
                json!({ "name": name, "singularName": "", "kind": kind, "namespaced": namespaced, "verbs": verbs })
            })
            .collect();
        Answer::Object(json!({ "groupVersion": "v1", "resources": resources }))
    };
    let all: &[&str] = &["list", "delete"];
    answers.extend([
        (
            "GET /api/v1/namespaces/shop/",
            Answer::Object(list(&json!([]))),
        ),
        ("GET /api/v1/namespaces/shop", Answer::Once(ours.clone())),
        ("GET /api/v1/namespaces/shop", Answer::Once(ours)),
        ("GET /api/v1/namespaces", Answer::Object(list(&json!([])))),
        (
            "GET /api/v1",
            resources(&[
                ("resourcequotas", "ResourceQuota", true, all),
                ("resourcequotas/status", "ResourceQuota", true, &["get"]),
                ("events", "Event", true, all),
                ("bindings", "Binding", true, &["create"]),
                ("nodes", "Node", false, all),
            ]),
        ),
        (
            "GET /apis/snapshot.storage.k8s.io/v1/namespaces/shop/",
            Answer::Object(list(&json!([]))),
        ),
        (
            "GET /apis/snapshot.storage.k8s.io/v1",
            resources(&[("volumesnapshots", "VolumeSnapshot", true, all)]),
        ),
        (
            "GET /apis/metrics.example.com/v1",
            Answer::Forbidden("the server is currently unable to handle the request"),
        ),
        ("GET /apis/", Answer::Object(list(&json!([])))),
        (
            "GET /apis",
            Answer::Object(json!({ "kind": "APIGroupList", "groups": groups })),
        ),
    ]);
    Conversation::with(answers)
}

async fn delete_data(talk: &Conversation) -> (Gone, Vec<String>) {
    let extent = Extent {
        data: true,
        certificate: Some("shop-tls"),
    };
    let (sender, mut told) = mpsc::unbounded_channel();
    let gone = down(&talk.cluster, "shop", extent, LIMIT, &Events::new(sender)).await;
    let mut notes = Vec::new();
    while let Ok(event) = told.try_recv() {
        if let Event::Note(note) = event {
            notes.push(note);
        }
    }
    (gone.unwrap(), notes)
}

#[tokio::test]
async fn a_namespace_with_a_backup_of_somebody_stays() {
    let snapshots = "GET /apis/snapshot.storage.k8s.io/v1/namespaces/shop/volumesnapshots";
    let quotas = "GET /api/v1/namespaces/shop/resourcequotas";
    let events = "GET /api/v1/namespaces/shop/events";
    let talk = ours(vec![
        (snapshots, Answer::Object(named("nightly"))),
        (quotas, Answer::Object(named("small"))),
        (events, Answer::Object(named("something"))),
    ]);
    let (gone, _) = delete_data(&talk).await;
    assert_eq!(
        gone.kept,
        ["namespace/shop (somebody else's resourcequota/small, volumesnapshot/nightly is in it)"]
    );
    assert!(
        talk.asked("DELETE /api/v1/namespaces/shop")
            .iter()
            .all(|one| !one.ends_with("/shop"))
    );
}

#[tokio::test]
async fn what_comes_by_itself_does_not_keep_the_namespace() {
    let of_our_pods = json!([{ "metadata": {
        "name": "p", "ownerReferences": [{ "apiVersion": "v1", "kind": "Pod", "name": "x", "uid": "9", "controller": true }],
    } }]);
    let accounts = "GET /api/v1/namespaces/shop/serviceaccounts";
    let quotas = "GET /api/v1/namespaces/shop/resourcequotas";
    let talk = ours(vec![
        // First whoever looks for our own ones, which have a label.
        (accounts, Answer::Once(list(&json!([])))),
        (accounts, Answer::Once(named("default"))),
        (quotas, Answer::Object(list(&of_our_pods))),
    ]);
    let (gone, notes) = delete_data(&talk).await;
    assert_eq!(gone.deleted, ["namespace/shop"], "{gone:?}");
    // What cannot be read is said, and does not stand in the way.
    assert!(
        notes.len() == 1 && notes[0].contains("metrics.example.com/v1"),
        "{notes:?}"
    );
}

#[tokio::test]
async fn of_certificates_only_those_of_the_shop_go_along() {
    let secret = |name: &str, annotations: &Value| json!({ "metadata": { "name": name, "annotations": annotations }, "type": "kubernetes.io/tls" });
    let issued = secret(
        "issued",
        &json!({ "cert-manager.io/certificate-name": "issued" }),
    );
    let (named, other) = (
        secret("shop-tls", &json!({})),
        secret("other-tls", &json!({})),
    );
    let ask = async |listed: Value| {
        // First whoever looks for our own ones, which have a label.
        let path = "GET /api/v1/namespaces/shop/secrets";
        let talk = ours(vec![
            (path, Answer::Once(list(&json!([])))),
            (path, Answer::Once(list(&listed))),
        ]);
        delete_data(&talk).await.0
    };
    let gone = ask(json!([issued, named])).await;
    assert_eq!(
        gone.deleted,
        ["secret/shop-tls", "namespace/shop"],
        "{gone:?}"
    );
    let gone = ask(json!([issued, named, other])).await;
    assert_eq!(
        gone.kept,
        ["namespace/shop (somebody else's secret/other-tls is in it)"]
    );
}
