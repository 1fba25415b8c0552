//! Jobs that ended badly, and attempts of Jobs that did.

use k8s_openapi::api::batch::v1::{Job, JobCondition};
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;

use super::cause::{Attempt, Cause};
use super::container;
use super::owner::is_owned_by;
use super::reason::Reason;
use super::snapshot::Snapshot;
use crate::platform::kube::labels::NAME;

/// Why a Job has failed, or its newest attempt. The pod is named, since that is where the log is.
pub fn cause(job: &Job, snapshot: &Snapshot) -> Option<Cause> {
    let end = end(job);
    let mut pods: Vec<_> = snapshot
        .pods
        .iter()
        .filter(|pod| is_owned_by(&pod.metadata, "Job", &job.metadata))
        .collect();
    pods.sort_by_key(|pod| pod.metadata.creation_timestamp.as_ref().map(|time| time.0));
    let attempts = pods.iter().filter(|pod| has_failed(pod)).count();
    let newest = pods
        .iter()
        .rev()
        .find(|pod| has_failed(pod) || end.is_none());
    let told = newest
        .filter(|pod| has_failed(pod))
        .and_then(|pod| of_attempt(job, pod, attempts, end.is_some()));
    told.or_else(|| {
        let message = end?.message.as_deref().unwrap_or_default();
        Some(Cause::of(
            format!("job/{}", job.name_any()),
            failure(job),
            message,
        ))
    })
}

/// The condition that the Job is not tried any more.
fn end(job: &Job) -> Option<&JobCondition> {
    let conditions = job.status.as_ref()?.conditions.as_ref()?;
    conditions.iter().find(|one| {
        matches!(one.type_.as_str(), "Failed" | "FailureTarget") && one.status == "True"
    })
}

fn has_failed(pod: &Pod) -> bool {
    let phase = pod
        .status
        .as_ref()
        .and_then(|status| status.phase.as_deref());
    phase == Some("Failed")
}

fn of_attempt(job: &Job, pod: &Pod, attempts: usize, is_over: bool) -> Option<Cause> {
    let status = pod.status.as_ref()?;
    let first = status.init_container_statuses.iter().flatten();
    let mut all = first.chain(status.container_statuses.iter().flatten());
    let (name, (reason, words)) =
        all.find_map(|status| Some((&status.name, container::ended(status)?)))?;
    let reason = match reason {
        Reason::CrashLoop if is_over => failure(job),
        Reason::CrashLoop => Reason::AttemptFailed,
        other => other,
    };
    let limit = job.spec.as_ref().and_then(|spec| spec.backoff_limit);
    // Kubernetes tries six times more where nothing is said.
    let most = limit.unwrap_or(6) + 1;
    let message = format!("{words}, attempt {attempts} of {most}");
    let cause = Cause::of(format!("pod/{}", pod.name_any()), reason, message);
    Some(cause.in_container(name).at_attempt(Attempt {
        number: attempts,
        failure: failure(job),
    }))
}

fn failure(job: &Job) -> Reason {
    if job
        .labels()
        .get(NAME)
        .is_some_and(|name| name == "migration")
    {
        Reason::MigrationFailed
    } else {
        Reason::JobFailed
    }
}
