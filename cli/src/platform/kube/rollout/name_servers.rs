//! The cluster's own name servers.

use std::time::Duration;

use k8s_openapi::api::discovery::v1::EndpointSlice;
use kube::Api;
use kube::api::ListParams;
use tokio::time::timeout;

use super::trouble::Trouble;
use crate::platform::kube::Cluster;
use crate::platform::kube::diagnosis::{Reason, blames_names};

/// Where the name servers of all common distributions are.
const NAMESPACE: &str = "kube-system";

/// Their Service, which is called so whatever they are.
const OF_SERVICE: &str = "kubernetes.io/service-name=kube-dns";

/// How long the answer may take; it is only an explanation.
const ANSWER: Duration = Duration::from_secs(3);

/// Names the name servers as the cause where a container has failed and none of them is ready. A container that waits
/// for an answer in vain often says no more than that.
pub async fn explain(cluster: &Cluster, trouble: &mut Trouble) {
    let may_be = matches!(
        trouble.cause.reason,
        Reason::CrashLoop
            | Reason::ProbeFails
            | Reason::MigrationFailed
            | Reason::JobFailed
            | Reason::AttemptFailed
            | Reason::NameResolution
    );
    if may_be && none_is_ready(cluster).await {
        trouble.cause.reason = Reason::NameResolution;
        trouble.cause.message = format!(
            "service/kube-dns in {NAMESPACE} has no ready endpoint; {}",
            trouble.cause.message
        );
        trouble.is_certain = true;
    }
}

/// Whether a first failed attempt is worth that question: the next one would fail the same way.
pub fn are_blamed(trouble: &Trouble) -> bool {
    trouble.cause.reason == Reason::AttemptFailed && blames_names(&trouble.log)
}

/// Whether the Service of the name servers has endpoints, and none of them is ready. A cluster that has none has other
/// name servers, and one that does not tell is not accused.
async fn none_is_ready(cluster: &Cluster) -> bool {
    let slices: Api<EndpointSlice> = Api::namespaced(cluster.client.clone(), NAMESPACE);
    let asked = ListParams::default().labels(OF_SERVICE);
    let Ok(Ok(listed)) = timeout(ANSWER, slices.list(&asked)).await else {
        return false;
    };
    let mut endpoints = listed.items.iter().flat_map(|slice| &slice.endpoints);
    let ready = endpoints.any(|one| {
        let conditions = one.conditions.as_ref();
        conditions.and_then(|conditions| conditions.ready) != Some(false)
    });
    !listed.items.is_empty() && !ready
}
