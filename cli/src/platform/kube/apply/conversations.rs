//! What is asked of a cluster, and what is made of its answers.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Change, Inventory, Object, Survey, apply, prune};
use crate::failure::Failure as _;
use crate::plan::manifest::{Manifest, Phase};
use crate::platform::Events;
use crate::platform::kube::conversation::{Answer, Conversation};

const BACKEND: &str = "/apis/apps/v1/namespaces/shop/deployments/backend";
const JOB: &str = "/apis/batch/v1/namespaces/shop/jobs/seed-1";

fn object(api_version: &str, kind: &str, name: &str) -> Object {
    Object::of(&Manifest {
        path: format!("{kind}.yaml"),
        phase: Phase::Services,
        component: "backend",
        kind: kind.to_owned(),
        name: name.to_owned(),
        yaml: format!(
            "apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: {name}, namespace: shop}}\nspec: {{replicas: 2}}\n"
        ),
    })
    .unwrap()
}

fn backend() -> Object {
    object("apps/v1", "Deployment", "backend")
}

fn live(replicas: u8) -> Answer {
    Answer::Object(json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "backend", "namespace": "shop" }, "spec": { "replicas": replicas },
    }))
}

fn conflict() -> Answer {
    Answer::Refused(json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": 409,
        "reason": "Conflict", "message": "Apply failed with 1 conflict",
        "details": { "causes": [{
            "reason": "FieldManagerConflict", "message": "conflict with \"kubectl-edit\" using apps/v1",
            "field": ".spec.replicas",
        }] },
    }))
}

async fn change(
    answers: Vec<(&'static str, Answer)>,
    object: Object,
    inventory: &Inventory,
) -> Change {
    let conversation = Conversation::with(answers);
    let survey = Survey::of(&conversation.cluster, "shop", &[object], inventory, false).await;
    survey.unwrap().changes.remove(0).1
}

#[tokio::test]
async fn an_object_is_made_changed_or_left_alone() {
    let nothing = Inventory::default();
    assert_eq!(change(vec![], backend(), &nothing).await, Change::Create);
    let same = change(vec![("GET /apis/apps", live(2))], backend(), &nothing).await;
    assert_eq!(same, Change::Same);
    let other = change(vec![("GET /apis/apps", live(3))], backend(), &nothing).await;
    let Change::Update(fields) = other else {
        panic!("{other:?}");
    };
    let rows: Vec<_> = fields
        .iter()
        .map(|field| (field.path.as_str(), field.after.as_deref()))
        .collect();
    assert_eq!(rows, [("spec.replicas", Some("2"))]);
}

fn not_found(message: &str, details: &Value) -> Answer {
    Answer::Refused(json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": 404,
        "reason": "NotFound", "message": message, "details": details,
    }))
}

#[tokio::test]
async fn what_cannot_be_tried_before_its_namespace_is_there_is_still_to_be_made() {
    let details = json!({ "name": "shop", "kind": "namespaces" });
    let refused = not_found("namespaces \"shop\" not found", &details);
    let answers = vec![("PATCH /apis/apps", refused)];
    let seen = change(answers, backend(), &Inventory::default()).await;
    assert_eq!(seen, Change::Create);
}

#[tokio::test]
async fn a_kind_that_the_cluster_does_not_know_is_not_still_to_be_made() {
    let words = "the server could not find the requested resource";
    let refused = not_found(words, &json!({}));
    let conversation = Conversation::with(vec![("PATCH /apis/apps", refused)]);
    let (objects, nothing) = ([backend()], Inventory::default());
    let survey = Survey::of(&conversation.cluster, "shop", &objects, &nothing, false).await;
    let error = survey.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cluster `test` knows no Deployment of `apps/v1`, which deployment/backend is"
    );
    assert_eq!(error.exit() as u8, 4);
}

fn finished(release: &str, objects: &[Object]) -> Inventory {
    Inventory::of(release, objects, &BTreeMap::new(), &BTreeMap::new())
}

#[tokio::test]
async fn who_has_set_a_field_is_named_before_anything_is_changed() {
    let answers = vec![
        ("GET /apis/apps", live(3)),
        ("PATCH /apis/apps", conflict()),
    ];
    let seen = change(answers, backend(), &Inventory::default()).await;
    assert_eq!(
        seen,
        Change::Conflict(vec!["spec.replicas was set by `kubectl-edit`".to_owned()])
    );
}

#[tokio::test]
async fn a_job_that_came_to_its_end_need_not_be_there() {
    let job = object("batch/v1", "Job", "seed-1");
    let done = finished("1", std::slice::from_ref(&job));
    assert_eq!(change(vec![], job.clone(), &done).await, Change::Same);
    let mut begun = Inventory::default();
    begun.join(std::slice::from_ref(&job));
    assert_eq!(change(vec![], job.clone(), &begun).await, Change::Create);
    let mut second = finished("1", &[backend()]);
    second.join(std::slice::from_ref(&job));
    assert_eq!(change(vec![], job, &second).await, Change::Create);
}

#[tokio::test]
async fn a_conflict_changes_nothing_and_says_how_to_go_on() {
    let conversation = Conversation::with(vec![("PATCH /apis/apps", conflict())]);
    let objects = [backend()];
    let error = apply(&conversation.cluster, &objects, false, &Events::unheard())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "deployment/backend is not applied: spec.replicas was set by `kubectl-edit`"
    );
    assert!(error.hint().unwrap().contains("--force-conflicts"));
    assert_eq!(conversation.asked("PATCH"), [format!("PATCH {BACKEND}")]);
}

#[tokio::test]
async fn what_a_release_no_longer_has_goes_and_data_stays() {
    let claim = object("v1", "PersistentVolumeClaim", "data-postgres-0");
    let job = object("batch/v1", "Job", "seed-1");
    let had = [backend(), job, claim];
    let inventory = finished("1", &had);
    let conversation = Conversation::with(vec![]);
    prune(
        &conversation.cluster,
        "shop",
        &inventory,
        &[backend().key()],
    )
    .await
    .unwrap();
    // Nothing but the Job is asked about, and it is gone already.
    assert_eq!(conversation.asked(""), [format!("GET {JOB}")]);
}

#[tokio::test]
async fn an_inventory_comes_back_as_it_was_written() {
    let inventory = Inventory::of(
        "1",
        &[backend()],
        &BTreeMap::from([("a:1".to_owned(), "sha256:0".to_owned())]),
        &BTreeMap::from([("backend".to_owned(), "sha256:0".to_owned())]),
    );
    let text = serde_json::to_value(&inventory).unwrap();
    assert_eq!(text["objects"][0]["kind"], "Deployment");
    assert_eq!(
        serde_json::from_value::<Inventory>(text).unwrap(),
        inventory
    );
    let nowhere = Conversation::with(vec![]);
    let read = Inventory::read(&nowhere.cluster, "shop").await.unwrap();
    assert_eq!(read, Inventory::default());
}

#[tokio::test]
async fn an_inventory_that_is_damaged_is_named() {
    let secret: Value = json!({ "metadata": { "name": "shopctl-inventory" }, "data": { "inventory.json": "e30=" } });
    let damaged = Conversation::with(vec![(
        "GET /api/v1/namespaces/shop/secrets",
        Answer::Object(secret),
    )]);
    let error = Inventory::read(&damaged.cluster, "shop").await.unwrap_err();
    assert!(error.to_string().contains("`shopctl-inventory`"), "{error}");
}

#[tokio::test]
async fn an_inventory_is_written_as_it_is_read() {
    let inventory = finished("1", &[backend()]);
    let conversation = Conversation::with(vec![]);
    let written = inventory.write(&conversation.cluster, "shop").await;
    written.unwrap();
    let path = "PATCH /api/v1/namespaces/shop/secrets/shopctl-inventory?";
    let mut sent = conversation.sent(path);
    assert_eq!(sent.len(), 1);
    let secret = sent.remove(0);
    assert_eq!(secret["type"], "shopmicro.dev/inventory");
    // What was verified before is not what is there now.
    let annotations = &secret["metadata"]["annotations"];
    assert_eq!(annotations["shopmicro.dev/verified"], "");
    let there = Conversation::with(vec![(
        "GET /api/v1/namespaces/shop/secrets/shopctl-inventory",
        Answer::Object(secret),
    )]);
    let read = Inventory::read(&there.cluster, "shop").await;
    assert_eq!(read.unwrap(), inventory);
}

#[tokio::test]
async fn an_inventory_that_may_not_be_written_is_an_error() {
    let conversation = Conversation::with(vec![("PATCH /api/v1", Answer::Forbidden("not you"))]);
    let inventory = Inventory::default();
    let written = inventory.write(&conversation.cluster, "shop").await;
    let error = written.unwrap_err();
    assert!(error.to_string().contains("not you"), "{error}");
}

#[tokio::test]
async fn what_is_removed_is_waited_for() {
    let old = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "backend", "namespace": "shop", "uid": "1", "resourceVersion": "1" },
    });
    let conversation = Conversation::with(vec![
        (
            "GET /apis/apps/v1/namespaces/shop/deployments/backend",
            Answer::Object(old.clone()),
        ),
        (
            "GET /apis/apps/v1/namespaces/shop/deployments",
            Answer::Listed(json!([old])),
        ),
    ]);
    let inventory = finished("1", &[backend()]);
    let mut pruning = Box::pin(prune(&conversation.cluster, "shop", &inventory, &[]));
    let early = tokio::time::timeout(std::time::Duration::from_millis(100), &mut pruning);
    assert!(early.await.is_err());
    assert_eq!(conversation.asked("DELETE"), [format!("DELETE {BACKEND}")]);
    let gone = conversation.remove("/apis/apps/v1/namespaces/shop/deployments", &old);
    let (pruned, ()) = tokio::join!(pruning, gone);
    pruned.unwrap();
}

#[tokio::test]
async fn the_namespace_comes_before_what_lies_in_it() {
    let conversation = Conversation::with(vec![]);
    let objects = [backend(), object("v1", "Namespace", "shop")];
    let applied = apply(&conversation.cluster, &objects, false, &Events::unheard()).await;
    applied.unwrap();
    let asked = conversation.asked("PATCH");
    assert!(asked[0].contains("/namespaces/shop") && !asked[0].contains("backend"));
    assert_eq!(asked[1], format!("PATCH {BACKEND}"));
}

#[tokio::test]
async fn only_who_asks_for_it_takes_fields_over() {
    for (force, expected) in [(false, false), (true, true)] {
        let conversation = Conversation::with(vec![]);
        let objects = [backend()];
        let applied = apply(&conversation.cluster, &objects, force, &Events::unheard()).await;
        applied.unwrap();
        let inventory = Inventory::default();
        let survey = Survey::of(&conversation.cluster, "shop", &objects, &inventory, force);
        survey.await.unwrap();
        let addressed = conversation.addressed();
        assert_eq!(addressed.len(), 2, "{addressed:?}");
        for request in addressed {
            assert_eq!(request.contains("force=true"), expected, "{request}");
        }
    }
}

#[tokio::test]
async fn what_is_left_over_is_pruned_and_is_no_reason_to_apply() {
    let claim = object("v1", "PersistentVolumeClaim", "data-postgres-0");
    let inventory = finished("1", &[backend(), object("v1", "Service", "old"), claim]);
    for (replicas, differs) in [(2, false), (3, true)] {
        let conversation = Conversation::with(vec![("GET /apis/apps", live(replicas))]);
        let objects = [backend()];
        let survey = Survey::of(&conversation.cluster, "shop", &objects, &inventory, false);
        let survey = survey.await.unwrap();
        assert_eq!(survey.differs(&backend().key()), differs);
        let pruned: Vec<_> = survey.pruned().map(ToString::to_string).collect();
        assert_eq!(pruned, ["service/old"]);
    }
}
