//! Stores whose claims are to be other ones than they were made with.

use super::object::Object;
use crate::platform::Error;
use crate::platform::kube::{Cluster, Refused, cause};

/// How the API server refuses to change what a `StatefulSet` asks of its claims.
const WORDS: &str = "updates to statefulset spec for fields other than";

/// An error of the API about an object that was to be changed, with the name of its cause where it has one.
pub fn refused(cluster: &Cluster, action: String, object: &Object, error: &kube::Error) -> Error {
    let key = object.key();
    let message = cause(error);
    if object.kind() != "StatefulSet" || !message.contains(WORDS) {
        return cluster.refused(action, &key, error);
    }
    Error::Refused(Box::new(Refused {
        action,
        object: key.to_string(),
        reason: "claim-unchangeable",
        next: next(cluster, object),
        message,
        serving: None,
    }))
}

/// The claim is made larger by itself; then the `StatefulSet` is made again around the pod and the claim that are
/// there.
fn next(cluster: &Cluster, object: &Object) -> String {
    let key = object.key();
    let (name, namespace) = (key.name, key.namespace.unwrap_or_default());
    let size = "/spec/volumeClaimTemplates/0/spec/resources/requests/storage";
    let size = object.content.pointer(size).and_then(|size| size.as_str());
    let size = size.unwrap_or("SIZE");
    let larger = cluster.kubectl(&format!(
        "patch pvc data-{name}-0 -n {namespace} -p \
         '{{\"spec\":{{\"resources\":{{\"requests\":{{\"storage\":\"{size}\"}}}}}}}}'"
    ));
    let without = cluster.kubectl(&format!(
        "delete statefulset {name} -n {namespace} --cascade=orphan"
    ));
    format!(
        "the size and the class of a claim cannot be changed through statefulset/{name}: where its class allows \
         expansion, type `{larger}`, then `{without}`, then `shopctl up`; else set them back in shop.yaml"
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::failure::Failure as _;
    use crate::plan::manifest::{Manifest, Phase};
    use crate::platform::kube::apply::{Inventory, Object, Survey};
    use crate::platform::kube::conversation::{Answer, Conversation};

    const WORDS: &str = "StatefulSet.apps \"postgres\" is invalid: spec: Forbidden: updates to statefulset spec for \
                         fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', \
                         'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are \
                         forbidden";

    #[tokio::test]
    async fn a_claim_that_is_to_be_larger_says_what_to_type() {
        let object = Object::of(&Manifest {
            path: "stateful-set.yaml".to_owned(),
            phase: Phase::DataStores,
            component: "postgres",
            kind: "StatefulSet".to_owned(),
            name: "postgres".to_owned(),
            yaml: "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: postgres, namespace: shop}, spec: \
                   {volumeClaimTemplates: [{spec: {resources: {requests: {storage: 20Gi}}}}]}}"
                .to_owned(),
        });
        let refused = Answer::Refused(json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": 422,
            "reason": "Invalid", "message": WORDS,
        }));
        let talk = Conversation::with(vec![("PATCH /apis/apps", refused)]);
        let (objects, nothing) = ([object.unwrap()], Inventory::default());
        let survey = Survey::of(&talk.cluster, "shop", &objects, &nothing, false).await;
        let error = survey.unwrap_err();
        assert_eq!(error.exit() as u8, 4);
        let cause = error.named_cause().unwrap();
        assert_eq!(
            (cause.object.as_str(), cause.reason, cause.message.as_str()),
            ("statefulset/postgres", "claim-unchangeable", WORDS)
        );
        for words in [
            "patch pvc data-postgres-0 -n shop -p \
             '{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"20Gi\"}}}}'`",
            "delete statefulset postgres -n shop --cascade=orphan`",
            "then `shopctl up`",
        ] {
            assert!(cause.next.contains(words), "{}", cause.next);
        }
    }
}
