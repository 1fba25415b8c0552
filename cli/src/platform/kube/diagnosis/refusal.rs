//! Pods that the API server refuses to make.

use k8s_openapi::api::apps::v1::ReplicaSet;

use super::cause::Cause;
use super::reason::Reason;
use super::snapshot::Snapshot;

/// The event of the controllers which have no condition for it.
const FAILED: [&str; 1] = ["FailedCreate"];

/// Everything that a controller wanted to make and may not.
pub fn causes(snapshot: &Snapshot) -> Vec<Cause> {
    let of_replica_sets = snapshot.replica_sets.iter().filter_map(of_replica_set);
    of_replica_sets.chain(of_others(snapshot)).collect()
}

fn of_replica_set(set: &ReplicaSet) -> Option<Cause> {
    let name = set.metadata.name.as_deref()?;
    let conditions = set.status.as_ref()?.conditions.as_ref()?;
    let refused = conditions
        .iter()
        .find(|one| one.type_ == "ReplicaFailure" && one.status == "True")?;
    let message = refused.message.as_deref().unwrap_or_default();
    Some(Cause::of(
        format!("replicaset/{name}"),
        reason(message),
        message,
    ))
}

/// StatefulSets and Jobs say it in events only. An event outlives its cause, so it counts as long as the pod that it
/// is about is not there.
fn of_others(snapshot: &Snapshot) -> impl Iterator<Item = Cause> + '_ {
    let about = |event: &k8s_openapi::api::core::v1::Event| {
        let kind = event.involved_object.kind.clone()?;
        let name = event.involved_object.name.clone()?;
        matches!(kind.as_str(), "StatefulSet" | "Job").then_some((kind, name))
    };
    let owners: std::collections::BTreeSet<_> = snapshot.events.iter().filter_map(about).collect();
    owners.into_iter().filter_map(|(kind, name)| {
        if has_pod(snapshot, &name) {
            return None;
        }
        let message = snapshot.told(&kind, &name, &FAILED).next()?.to_owned();
        let object = format!("{}/{name}", kind.to_lowercase());
        Some(Cause::of(object, reason(&message), message))
    })
}

fn has_pod(snapshot: &Snapshot, owner: &str) -> bool {
    let mut owners = snapshot
        .pods
        .iter()
        .flat_map(|pod| pod.metadata.owner_references.iter().flatten());
    owners.any(|reference| reference.name == owner)
}

/// Reads the API server's answer, to whoever has got it.
pub fn reason(message: &str) -> Reason {
    if message.contains("failed calling webhook") {
        Reason::WebhookDown
    } else if message.contains("violates PodSecurity") {
        Reason::PodSecurity
    } else if message.contains("exceeded quota") || message.contains("failed quota") {
        Reason::QuotaExceeded
    } else {
        Reason::Refused
    }
}
