//! Objects that the API server refuses.

use k8s_openapi::ByteString;
use serde_json::{Value, json};

use super::{INVENTORY, Inventory, Object, Survey, apply};
use crate::failure::Failure as _;
use crate::plan::manifest::{Manifest, Phase};
use crate::platform::kube::conversation::{Answer, Conversation};
use crate::platform::{Error, Events};

const WEBHOOK: &str =
    "Internal error occurred: failed calling webhook \"a.b.c\": connection refused";
const QUOTA: &str =
    "services \"backend\" is forbidden: exceeded quota: small, requested: services=1";
const RIGHT: &str = "services \"backend\" is forbidden: User \"ann\" cannot patch resource \"services\" in API group \
                     \"\" in the namespace \"shop\"";
const FIELD: &str = "Service \"backend\" is invalid: spec.ports: Required value";

fn service() -> Object {
    Object::of(&Manifest {
        path: "service.yaml".to_owned(),
        phase: Phase::Services,
        component: "backend",
        kind: "Service".to_owned(),
        name: "backend".to_owned(),
        yaml: "{apiVersion: v1, kind: Service, metadata: {name: backend, namespace: shop}}"
            .to_owned(),
    })
    .unwrap()
}

fn refused(code: u16, message: &str) -> Answer {
    Answer::Refused(json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": code,
        "reason": "Refused", "message": message,
    }))
}

async fn surveyed(code: u16, message: &str) -> Error {
    let talk = Conversation::with(vec![("PATCH", refused(code, message))]);
    let (objects, nothing) = ([service()], Inventory::default());
    let survey = Survey::of(&talk.cluster, "shop", &objects, &nothing, false).await;
    survey.unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn a_refusal_before_anything_is_changed_has_a_name() {
    for (code, message, reason, next) in [
        (500, WEBHOOK, "webhook-down", "get validatingwebhookconf"),
        (403, QUOTA, "quota-exceeded", "describe quota"),
        (403, RIGHT, "forbidden", "auth can-i patch services -n shop"),
        (422, FIELD, "invalid", "shopctl render --out"),
    ] {
        let error = surveyed(code, message).await;
        assert_eq!(error.exit() as u8, 4, "{error}");
        let cause = error.named_cause().unwrap();
        assert_eq!(cause.object, "service/backend");
        assert_eq!((cause.reason, cause.message.as_str()), (reason, message));
        assert!(cause.next.contains(next), "{}", cause.next);
        assert_eq!(error.hint().unwrap(), cause.next);
    }
}

#[tokio::test]
async fn an_error_without_a_known_reason_has_no_name() {
    let error = surveyed(400, "no idea").await;
    assert!(error.named_cause().is_none());
    assert_eq!(error.exit() as u8, 10);
}

/// A refusal while a release is applied, where pods of these parts are ready and that release was there before.
async fn applied(ready: &[&str], before: Option<&str>) -> Error {
    let pod = |name: &&str| {
        json!({
            "metadata": { "name": name, "labels": { "app.kubernetes.io/name": name } },
            "status": { "conditions": [{ "type": "Ready", "status": "True" }] },
        })
    };
    let pods: Vec<_> = ready.iter().map(pod).collect();
    let inventory = Inventory {
        release: before.map(str::to_owned),
        ..Inventory::default()
    };
    let inventory = ByteString(serde_json::to_vec(&inventory).unwrap());
    let secret =
        json!({ "metadata": { "name": INVENTORY }, "data": { "inventory.json": inventory } });
    let list = |items: Value| Answer::Object(json!({ "metadata": {}, "items": items }));
    let talk = Conversation::with(vec![
        ("PATCH", refused(403, QUOTA)),
        (
            "GET /api/v1/namespaces/shop/secrets/shopctl-inventory",
            Answer::Object(secret),
        ),
        // One that is lost on its way is asked for again.
        ("GET /api/v1/namespaces/shop/pods", Answer::Lost),
        ("GET /api/v1/namespaces/shop/pods", list(json!(pods))),
        (
            "GET /apis/apps/v1/namespaces/shop/statefulsets",
            list(json!([])),
        ),
    ]);
    let applied = apply(&talk.cluster, &[service()], false, &Events::unheard()).await;
    applied.unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn a_refusal_while_a_release_is_applied_says_whether_the_shop_serves() {
    let all = ["backend", "frontend", "ml-service"];
    let serving = applied(&all, Some("1-abc")).await;
    assert_eq!(serving.exit() as u8, 11);
    assert!(
        serving
            .to_string()
            .ends_with("the shop serves on with the pods of before")
    );
    assert_eq!(serving.named_cause().unwrap().reason, "quota-exceeded");
    let nothing = applied(&["backend"], Some("1-abc")).await;
    assert_eq!(nothing.exit() as u8, 12);
    let first = applied(&all, None).await;
    assert_eq!(first.exit() as u8, 12, "there is no release before");
    assert!(nothing.to_string().ends_with("nothing healthy is serving"));
}
