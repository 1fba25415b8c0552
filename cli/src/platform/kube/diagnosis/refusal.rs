//! Pods that the API server refuses to make.

use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::cause::Cause;
use super::owner::is_owned_by;
use super::reason::Reason;
use super::snapshot::Snapshot;

/// The event of every controller. Some have no condition for it, and a `ReplicaSet` keeps the words of its first refusal in
/// its condition, whatever refuses it now.
const FAILED: [&str; 1] = ["FailedCreate"];

/// Everything that a controller wanted to make and may not.
pub fn causes(snapshot: &Snapshot) -> Vec<Cause> {
    let of_deployments = snapshot.deployments.iter().filter_map(of_deployment);
    let of_replica_sets = snapshot.replica_sets.iter();
    let of_replica_sets = of_replica_sets.filter_map(|set| of_replica_set(set, snapshot));
    of_deployments
        .chain(of_replica_sets)
        .chain(of_others(snapshot))
        .collect()
}

fn of_deployment(deployment: &Deployment) -> Option<Cause> {
    let name = deployment.metadata.name.as_deref()?;
    let conditions = deployment.status.as_ref()?.conditions.as_ref()?;
    let refused = conditions
        .iter()
        .find(|one| one.reason.as_deref() == Some("ReplicaSetCreateError"))?;
    let message = refused.message.as_deref().unwrap_or_default();
    Some(Cause::of(
        format!("deployment/{name}"),
        reason(message),
        message,
    ))
}

fn of_replica_set(set: &ReplicaSet, snapshot: &Snapshot) -> Option<Cause> {
    let name = set.metadata.name.as_deref()?;
    let conditions = set.status.as_ref()?.conditions.as_ref()?;
    let refused = conditions
        .iter()
        .find(|one| one.type_ == "ReplicaFailure" && one.status == "True")?;
    let told = snapshot.told("ReplicaSet", &set.metadata, &FAILED).next();
    let message = told.or(refused.message.as_deref()).unwrap_or_default();
    Some(Cause::of(
        format!("replicaset/{name}"),
        reason(message),
        message,
    ))
}

/// A `StatefulSet` and a Job say it in events only. An event outlives its cause, so it counts as long as a pod is missing.
fn of_others(snapshot: &Snapshot) -> impl Iterator<Item = Cause> + '_ {
    let of_sets = snapshot.stateful_sets.iter().filter_map(|set| {
        let wanted = set.spec.as_ref().and_then(|spec| spec.replicas);
        of_owner(snapshot, "StatefulSet", &set.metadata, wanted.unwrap_or(1))
    });
    let of_jobs = snapshot.jobs.iter().filter_map(|job| {
        let ended = job
            .status
            .as_ref()
            .is_some_and(|status| status.completion_time.is_some());
        of_owner(snapshot, "Job", &job.metadata, i32::from(!ended))
    });
    of_sets.chain(of_jobs)
}

fn of_owner(snapshot: &Snapshot, kind: &str, owner: &ObjectMeta, wanted: i32) -> Option<Cause> {
    let there = snapshot.pods.iter().filter(|pod| {
        let phase = pod
            .status
            .as_ref()
            .and_then(|status| status.phase.as_deref());
        is_owned_by(&pod.metadata, kind, owner) && phase != Some("Failed")
    });
    if i32::try_from(there.count()).is_ok_and(|there| there >= wanted) {
        return None;
    }
    let name = owner.name.as_deref()?;
    let message = snapshot.told(kind, owner, &FAILED).next()?;
    let object = format!("{}/{name}", kind.to_lowercase());
    Some(Cause::of(object, reason(message), message))
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
