//! The memory that a release has been verified where it runs: an annotation of the inventory, with the release's name.

use k8s_openapi::api::core::v1::Secret;
use kube::api::{Patch, PatchParams};
use kube::{Api, ResourceExt as _};
use serde_json::json;

use super::apply::{INVENTORY, VERIFIED};
use super::cluster::{Cluster, FIELD_MANAGER};
use crate::platform::Error;

/// The release that was verified last; none where there is none, or where nobody may look.
pub async fn verified(cluster: &Cluster, namespace: &str) -> Option<String> {
    let found = secrets(cluster, namespace).get_opt(INVENTORY).await;
    let secret = found.ok().flatten()?;
    secret.annotations().get(VERIFIED).cloned()
}

/// Remembers that this release has been verified.
pub async fn remember(cluster: &Cluster, namespace: &str, release: &str) -> Result<(), Error> {
    let mark = json!({ "metadata": { "annotations": { VERIFIED: release } } });
    let manager = PatchParams {
        field_manager: Some(FIELD_MANAGER.to_owned()),
        ..PatchParams::default()
    };
    let marked = secrets(cluster, namespace)
        .patch(INVENTORY, &manager, &Patch::Merge(mark))
        .await;
    let action = "remember that the release was verified";
    marked
        .map(drop)
        .map_err(|error| cluster.failed(action, &error))
}

fn secrets(cluster: &Cluster, namespace: &str) -> Api<Secret> {
    Api::namespaced(cluster.client.clone(), namespace)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::platform::kube::conversation::{Answer, Conversation};

    #[tokio::test]
    async fn the_name_of_the_release_is_the_proof() {
        let marked = json!({ "metadata": { "annotations": { VERIFIED: "2-abc" } } });
        let path = "GET /api/v1/namespaces/shop/secrets/shopctl-inventory";
        let talk = Conversation::with(vec![(path, Answer::Object(marked))]);
        assert_eq!(verified(&talk.cluster, "shop").await.unwrap(), "2-abc");
        remember(&talk.cluster, "shop", "3-def").await.unwrap();
        assert_eq!(talk.asked("PATCH").len(), 1);
        let none: Value =
            json!({ "metadata": { "annotations": { "shopmicro.dev/verified": "" } } });
        let written = Conversation::with(vec![(path, Answer::Object(none))]);
        assert_eq!(
            verified(&written.cluster, "shop").await.as_deref(),
            Some("")
        );
        let unmarked = Conversation::with(vec![(path, Answer::Object(json!({ "metadata": {} })))]);
        assert_eq!(verified(&unmarked.cluster, "shop").await, None);
        let nothing = Conversation::with(vec![]);
        assert_eq!(verified(&nothing.cluster, "shop").await, None);
    }
}
