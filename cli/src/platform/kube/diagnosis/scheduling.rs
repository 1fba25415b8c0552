//! Pods that no node takes.

use k8s_openapi::api::core::v1::Pod;

use super::cause::Cause;
use super::reason::Reason;
use super::snapshot::Snapshot;

/// The events of autoscalers that a node is being made for the pod: of the Cluster Autoscaler and of Karpenter.
const AWAITED: [&str; 2] = ["TriggeredScaleUp", "Nominated"];

/// What the scheduler says of volumes that are made when the pod is placed.
const VOLUMES: [&str; 2] = [
    "available persistent volumes to bind",
    "volume node affinity conflict",
];

/// What the scheduler says of a pod that it cannot place. A pod that waits for its claim is the claim's matter.
pub fn cause(pod: &Pod, snapshot: &Snapshot) -> Option<Cause> {
    let name = pod.metadata.name.as_deref()?;
    let conditions = pod.status.as_ref()?.conditions.as_ref()?;
    let placed = conditions.iter().find(|one| one.type_ == "PodScheduled")?;
    let refused = placed.status == "False" && placed.reason.as_deref() == Some("Unschedulable");
    let message = placed.message.as_deref().unwrap_or_default();
    let waits_for_claim = message.to_lowercase().contains("persistentvolumeclaim");
    if !refused || waits_for_claim {
        return None;
    }
    let awaited = snapshot.told("Pod", &pod.metadata, &AWAITED).next();
    let reason = if awaited.is_some() {
        Reason::WaitsForNode
    } else if VOLUMES.iter().any(|words| message.contains(words)) {
        Reason::ClaimPending
    } else {
        Reason::Unschedulable
    };
    Some(Cause::of(format!("pod/{name}"), reason, brief(message)))
}

/// Without the sentences on preemption and on devices, which say nothing of their own.
fn brief(message: &str) -> &str {
    let ends = [" preemption:", " no new claims to deallocate"];
    let ends = ends.into_iter().filter_map(|words| message.find(words));
    let end = ends.min().unwrap_or(message.len());
    message[..end].trim_end_matches([' ', '.'])
}
