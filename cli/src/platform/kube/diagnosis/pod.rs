//! One pod.

use k8s_openapi::api::core::v1::Pod;

use super::cause::Cause;
use super::reason::Reason;
use super::snapshot::Snapshot;
use super::{container, probe, scheduling};

/// The events of the kubelet that a volume cannot be made ready.
const MOUNT: [&str; 2] = ["FailedMount", "FailedAttachVolume"];

/// Everything that is wrong with it. A pod that is being deleted is nobody's trouble.
pub fn causes(pod: &Pod, snapshot: &Snapshot) -> Vec<Cause> {
    if pod.metadata.deletion_timestamp.is_some() {
        return Vec::new();
    }
    let mut causes = of_containers(pod);
    causes.extend(scheduling::cause(pod, snapshot));
    causes.extend(of_volumes(pod, snapshot));
    if causes.is_empty() {
        causes.extend(probe::causes(pod, snapshot));
    }
    causes
}

fn of_containers(pod: &Pod) -> Vec<Cause> {
    let object = object(pod);
    let status = pod.status.iter();
    let all = status.flat_map(|status| {
        let first = status.init_container_statuses.iter().flatten();
        first.chain(status.container_statuses.iter().flatten())
    });
    let troubled = all.filter_map(|status| {
        let (reason, message) = container::trouble(status)?;
        Some(Cause::of(&object, reason, message).in_container(&status.name))
    });
    troubled.collect()
}

/// A Secret that a volume needs is missed while the containers are not yet there.
fn of_volumes(pod: &Pod, snapshot: &Snapshot) -> Option<Cause> {
    let phase = pod.status.as_ref()?.phase.as_deref();
    if phase != Some("Pending") {
        return None;
    }
    let message = snapshot
        .told("Pod", &pod.metadata, &MOUNT)
        .find(|message| message.contains("not found") || message.contains("non-existent"))?;
    Some(Cause::of(object(pod), Reason::MissingKey, message))
}

fn object(pod: &Pod) -> String {
    format!("pod/{}", pod.metadata.name.as_deref().unwrap_or_default())
}
