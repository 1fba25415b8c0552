//! Deployments that begin to scale, and that no longer do.

use serde_json::{Value, json};

use super::{Change, Inventory, Object, Survey, apply};
use crate::plan::manifest::{Manifest, Phase};
use crate::platform::kube::conversation::{Answer, Conversation};
use crate::platform::{Error, Events};

const GET: &str = "GET /apis/apps/v1/namespaces/shop/deployments/backend";
const PATCH: &str = "PATCH /apis/apps/v1/namespaces/shop/deployments/backend";

fn object(kind: &str, yaml: &str) -> Object {
    Object::of(&Manifest {
        path: "manifest.yaml".to_owned(),
        phase: Phase::Services,
        component: "backend",
        kind: kind.to_owned(),
        name: "backend".to_owned(),
        yaml: yaml.to_owned(),
    })
    .unwrap()
}

fn scaling() -> Object {
    object(
        "Deployment",
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: backend, namespace: shop}, spec: {paused: false}}",
    )
}

fn fixed() -> Object {
    object(
        "Deployment",
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: backend, namespace: shop}, spec: {replicas: 5}}",
    )
}

fn autoscaler() -> Object {
    object(
        "HorizontalPodAutoscaler",
        "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: backend, namespace: shop}, \
         spec: {minReplicas: 2, scaleTargetRef: {name: backend}}}",
    )
}

/// Three replicas, set by that manager.
fn live(manager: &str, operation: &str) -> Answer {
    Answer::Object(json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "backend", "namespace": "shop", "managedFields": [{
            "manager": manager, "operation": operation, "apiVersion": "apps/v1",
            "fieldsType": "FieldsV1", "fieldsV1": { "f:spec": { "f:replicas": {} } },
        }] },
        "spec": { "paused": false, "replicas": 3 },
    }))
}

fn conflict(manager: &str) -> Answer {
    Answer::RefusedOnce(json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": 409, "reason": "Conflict",
        "message": "Apply failed",
        "details": { "causes": [{
            "reason": "FieldManagerConflict", "field": ".spec.replicas",
            "message": format!("conflict with \"{manager}\" with subresource \"scale\" using apps/v1"),
        }] },
    }))
}

async fn applied(talk: &Conversation, objects: &[Object]) -> Result<(), Error> {
    apply(&talk.cluster, objects, false, &Events::unheard()).await
}

fn replicas(sent: &[Value]) -> Vec<Option<i64>> {
    sent.iter()
        .map(|sent| sent["spec"]["replicas"].as_i64())
        .collect()
}

/// The addresses of the patches of the Deployment.
fn patches(talk: &Conversation) -> Vec<String> {
    let mut addressed = talk.addressed();
    addressed.retain(|address| address.starts_with(PATCH));
    addressed
}

#[tokio::test]
async fn a_new_one_begins_with_what_its_autoscaler_wants_at_least() {
    let talk = Conversation::with(vec![]);
    applied(&talk, &[scaling(), autoscaler()]).await.unwrap();
    assert_eq!(replicas(&talk.sent(PATCH)), [Some(2)]);
}

#[tokio::test]
async fn a_number_that_was_ours_is_handed_over_before_it_is_left_out() {
    let talk = Conversation::with(vec![(GET, live("shopctl", "Apply"))]);
    applied(&talk, &[scaling(), autoscaler()]).await.unwrap();
    assert_eq!(replicas(&talk.sent(PATCH)), [Some(3), None]);
    assert!(patches(&talk)[0].contains("fieldManager=shopctl-replicas"));
    let nothing = Inventory::default();
    let survey = Survey::of(&talk.cluster, "shop", &[scaling()], &nothing, false).await;
    assert_eq!(survey.unwrap().changes[0].1, Change::Same);
}

#[tokio::test]
async fn a_number_of_the_autoscaler_is_left_alone() {
    let talk = Conversation::with(vec![(GET, live("kube-controller-manager", "Update"))]);
    applied(&talk, &[scaling(), autoscaler()]).await.unwrap();
    assert_eq!(replicas(&talk.sent(PATCH)), [None]);
}

#[tokio::test]
async fn a_fixed_number_ends_the_autoscaler() {
    let talk = Conversation::with(vec![(PATCH, conflict("kube-controller-manager"))]);
    applied(&talk, &[fixed()]).await.unwrap();
    assert_eq!(replicas(&talk.sent(PATCH)), [Some(5), Some(5)]);
    assert!(patches(&talk)[1].contains("force=true"));
    let gone = "DELETE /apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/backend";
    assert_eq!(talk.asked("DELETE"), [gone]);
}

#[tokio::test]
async fn a_number_that_a_person_has_set_is_a_conflict() {
    let talk = Conversation::with(vec![(PATCH, conflict("kubectl-edit"))]);
    let error = applied(&talk, &[fixed()]).await.unwrap_err();
    assert!(matches!(error, Error::Conflict { .. }), "{error}");
    assert!(talk.asked("DELETE").is_empty());
}
