//! Containers that run and are not ready.

use k8s_openapi::api::core::v1::{ContainerStatus, Pod};

use super::cause::Cause;
use super::reason::Reason;
use super::snapshot::Snapshot;

/// The event of the kubelet that a probe has failed.
const FAILED: [&str; 1] = ["Unhealthy"];

/// The containers of the pod that run, and whose last failed probe is known.
pub fn causes<'a>(pod: &'a Pod, snapshot: &'a Snapshot) -> impl Iterator<Item = Cause> + 'a {
    let name = pod.metadata.name.as_deref().unwrap_or_default();
    let statuses = pod
        .status
        .iter()
        .flat_map(|status| &status.container_statuses);
    let waiting = statuses.flatten().filter(|status| {
        let runs = status
            .state
            .as_ref()
            .is_some_and(|state| state.running.is_some());
        runs && !status.ready
    });
    waiting.filter_map(move |status| {
        let (probe, reason) = awaited(status);
        let mut told = snapshot.told("Pod", &pod.metadata, &FAILED);
        let message = told.find(|message| message.starts_with(probe))?;
        let cause = Cause::of(format!("pod/{name}"), reason, message);
        Some(cause.in_container(&status.name))
    })
}

/// The probe that is to pass next. A start may take as long as its probe allows: a database reads its whole journal
/// after a crash. One that was not over when the kubelet ended it will not be over the next time.
fn awaited(status: &ContainerStatus) -> (&'static str, Reason) {
    match status.started {
        Some(false) if status.restart_count == 0 => ("Startup", Reason::StartsSlowly),
        Some(false) => ("Startup", Reason::ProbeFails),
        _ => ("Readiness", Reason::ProbeFails),
    }
}
