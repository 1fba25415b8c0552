//! One container of a pod.

use k8s_openapi::api::core::v1::{
    ContainerStateTerminated, ContainerStateWaiting, ContainerStatus,
};

use super::image;
use super::reason::Reason;

/// How the kubelet begins when its own copy of a Secret or a `ConfigMap` has not come in time.
const UNREAD: &str = "failed to sync ";

/// What is wrong with it, and the cluster's words.
pub fn trouble(status: &ContainerStatus) -> Option<(Reason, String)> {
    let state = status.state.as_ref()?;
    let last = status
        .last_state
        .as_ref()
        .and_then(|last| last.terminated.as_ref());
    if let Some(waiting) = &state.waiting {
        return waits(waiting, last);
    }
    let ended = state.terminated.as_ref()?;
    (ended.exit_code != 0 && status.restart_count > 0).then(|| crashed(ended))
}

/// How it ended, if it ended badly.
pub fn ended(status: &ContainerStatus) -> Option<(Reason, String)> {
    let ended = status.state.as_ref()?.terminated.as_ref()?;
    (ended.exit_code != 0).then(|| crashed(ended))
}

fn waits(
    waiting: &ContainerStateWaiting,
    last: Option<&ContainerStateTerminated>,
) -> Option<(Reason, String)> {
    let state = waiting.reason.as_deref()?;
    let message = waiting.message.clone().unwrap_or_default();
    if image::STATES.contains(&state) {
        return Some((image::reason(state, &message), message));
    }
    match state {
        "CrashLoopBackOff" => Some(last.map_or((Reason::CrashLoop, message), crashed)),
        // A kubelet that has not read the Secret yet says so once, and reads it.
        "CreateContainerConfigError" if message.starts_with(UNREAD) => None,
        "CreateContainerConfigError" => Some((configuration(&message), message)),
        "CreateContainerError"
        | "RunContainerError"
        | "PreStartHookError"
        | "PostStartHookError" => Some((Reason::CannotStart, message)),
        _ => None,
    }
}

/// The kubelet reports a missing key and a user that may not be under the same state.
fn configuration(message: &str) -> Reason {
    let missing = message.contains("not found") || message.contains("couldn't find key");
    if missing {
        Reason::MissingKey
    } else {
        Reason::CannotStart
    }
}

fn crashed(ended: &ContainerStateTerminated) -> (Reason, String) {
    let words = ended.message.as_deref().map(str::trim).unwrap_or_default();
    match ended.reason.as_deref() {
        Some("OOMKilled") => (Reason::OutOfMemory, "OOMKilled".to_owned()),
        Some("StartError" | "ContainerCannotRun") => (Reason::CannotStart, words.to_owned()),
        _ => {
            let exit = format!("exit code {}", ended.exit_code);
            let all = [exit.as_str(), words];
            let said: Vec<_> = all.into_iter().filter(|text| !text.is_empty()).collect();
            (Reason::CrashLoop, said.join(": "))
        }
    }
}
