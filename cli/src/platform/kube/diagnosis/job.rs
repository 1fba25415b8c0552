//! Jobs that ended badly.

use k8s_openapi::api::batch::v1::Job;

use super::cause::Cause;
use super::reason::Reason;
use super::snapshot::Snapshot;

/// Why a job has failed for good. Its last pod is named, since that is where the log is.
pub fn cause(job: &Job, snapshot: &Snapshot) -> Option<Cause> {
    let name = job.metadata.name.as_deref()?;
    let conditions = job.status.as_ref()?.conditions.as_ref()?;
    let failed = conditions
        .iter()
        .find(|one| one.type_ == "Failed" && one.status == "True")?;
    let message = failed.message.as_deref().unwrap_or_default();
    let cause = Cause::of(format!("job/{name}"), Reason::MigrationFailed, message);
    Some(match container(snapshot, name) {
        Some(container) => cause.in_container(&container),
        None => cause,
    })
}

fn container(snapshot: &Snapshot, job: &str) -> Option<String> {
    let mut pods = snapshot.pods.iter().filter(|pod| {
        let mut owners = pod.metadata.owner_references.iter().flatten();
        owners.any(|owner| owner.kind == "Job" && owner.name == job)
    });
    let spec = pods.next()?.spec.as_ref()?;
    spec.containers
        .first()
        .map(|container| container.name.clone())
}
