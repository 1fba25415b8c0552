//! Pods that no node takes.

use k8s_openapi::api::core::v1::Pod;

use super::cause::Cause;
use super::reason::Reason;

/// What the scheduler says of a pod that it cannot place. A pod that waits for its claim is the claim's matter.
pub fn cause(pod: &Pod) -> Option<Cause> {
    let name = pod.metadata.name.as_deref()?;
    let conditions = pod.status.as_ref()?.conditions.as_ref()?;
    let placed = conditions.iter().find(|one| one.type_ == "PodScheduled")?;
    let refused = placed.status == "False" && placed.reason.as_deref() == Some("Unschedulable");
    let message = placed.message.as_deref().unwrap_or_default();
    let waits_for_claim = message.contains("PersistentVolumeClaim");
    (refused && !waits_for_claim)
        .then(|| Cause::of(format!("pod/{name}"), Reason::Unschedulable, brief(message)))
}

/// Without the sentence on preemption, which repeats the one before it.
fn brief(message: &str) -> &str {
    let end = message.find(" preemption:").unwrap_or(message.len());
    message[..end].trim_end_matches([' ', '.'])
}
