//! Why something has not happened, as the cluster itself tells.

use k8s_openapi::api::core::v1::Event;
use kube::api::ListParams;

use super::proof::Proof;
use crate::platform::checks::trouble::Trouble;
use crate::platform::kube::Late;

/// The trouble with an object that was waited for in vain: what is certain, or else the last warning about it.
pub async fn why(
    proof: &Proof<'_>,
    late: Late,
    object: &str,
    waited_for: &str,
    hint: String,
) -> Trouble {
    let watch = match late {
        Late::Failed(cause) => return Trouble::new(cause, hint),
        Late::TimedOut(watch) => watch,
    };
    let warned = last_warning(proof, object).await;
    let reason = warned
        .or(watch)
        .unwrap_or_else(|| "no event says why".to_owned());
    Trouble::new(format!("{waited_for} in vain: {reason}"), hint)
}

/// The newest warning about the object of that name.
pub async fn last_warning(proof: &Proof<'_>, object: &str) -> Option<String> {
    let events = proof.scratch.objects::<Event>();
    let about = format!("involvedObject.name={object},type=Warning");
    let listed = events
        .list(&ListParams::default().fields(&about))
        .await
        .ok()?;
    let newest = listed.items.into_iter().max_by_key(|event| {
        let last = event.last_timestamp.as_ref().map(|time| time.0);
        last.or(event.event_time.as_ref().map(|time| time.0))
    })?;
    let reason = newest.reason.unwrap_or_default();
    let message = newest.message.unwrap_or_default();
    Some(format!("{reason}: {}", message.trim()))
}
