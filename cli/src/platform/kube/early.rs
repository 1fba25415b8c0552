//! Failures of a pod that are certain long before any patience ends.

use k8s_openapi::api::core::v1::{ContainerStatus, Pod, PodStatus};
use kube::ResourceExt as _;

/// Reasons for which a container waits in vain.
const HOPELESS: [&str; 8] = [
    "ImagePullBackOff",
    "ErrImageNeverPull",
    "InvalidImageName",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
    "StartError",
    "CrashLoopBackOff",
];

/// What is wrong with a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The reason, with the object.
    pub cause: String,
    /// Whether it cannot pass by itself.
    pub certain: bool,
}

/// What is wrong with the pod; none as long as it may become well.
pub fn trouble_of(pod: &Pod) -> Option<Trouble> {
    let status = pod.status.as_ref()?;
    let name = pod.name_any();
    unscheduled(&name, status)
        .or_else(|| {
            let node = node(pod);
            let containers = status.container_statuses.iter().flatten();
            containers
                .into_iter()
                .find_map(|container| waits_in_vain(&name, &node, container))
        })
        .or_else(|| failed(&name, &node(pod), status))
}

/// ` on node X`, as soon as that is known.
fn node(pod: &Pod) -> String {
    let node = pod.spec.as_ref().and_then(|spec| spec.node_name.as_deref());
    node.map_or_else(String::new, |node| format!(" on node `{node}`"))
}

fn unscheduled(name: &str, status: &PodStatus) -> Option<Trouble> {
    let conditions = status.conditions.iter().flatten();
    let mut unscheduled = conditions.filter(|condition| {
        condition.type_ == "PodScheduled" && condition.reason.as_deref() == Some("Unschedulable")
    });
    let message = unscheduled.next()?.message.clone().unwrap_or_default();
    Some(Trouble {
        cause: format!("no node takes pod `{name}` (Unschedulable): {message}"),
        // A volume that is just being made, or a taint that a new node is about to lose.
        certain: false,
    })
}

fn waits_in_vain(name: &str, node: &str, container: &ContainerStatus) -> Option<Trouble> {
    let waiting = container.state.as_ref()?.waiting.as_ref()?;
    let reason = waiting.reason.as_deref()?;
    let certain = HOPELESS.contains(&reason);
    if !certain && reason != "ErrImagePull" {
        return None;
    }
    let message = waiting.message.as_deref().unwrap_or_default();
    let what = if reason.contains("Image") {
        format!(
            "image `{}` of pod `{name}` cannot be pulled{node}",
            container.image
        )
    } else {
        format!("pod `{name}` does not start{node}")
    };
    Some(Trouble {
        cause: format!("{what} ({reason}): {message}"),
        certain,
    })
}

fn failed(name: &str, node: &str, status: &PodStatus) -> Option<Trouble> {
    if status.phase.as_deref() != Some("Failed") {
        return None;
    }
    let ended = status
        .container_statuses
        .iter()
        .flatten()
        .find_map(|container| container.state.as_ref()?.terminated.as_ref());
    let said = ended.and_then(|ended| {
        let message = ended.message.as_deref().map(str::trim).unwrap_or_default();
        Some(format!("exit code {}: {message}", ended.exit_code)).filter(|_| ended.exit_code != 0)
    });
    let reason = status.reason.as_deref().unwrap_or("Failed");
    let message = status.message.as_deref().unwrap_or_default();
    let cause = said.unwrap_or_else(|| format!("{reason}: {message}"));
    Some(Trouble {
        cause: format!("pod `{name}` failed{node} ({cause})"),
        certain: true,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn trouble(status: &Value) -> Option<(String, bool)> {
        let pod = json!({ "metadata": { "name": "p" }, "spec": { "nodeName": "host-2", "containers": [] }, "status": status });
        let trouble = trouble_of(&serde_json::from_value(pod).unwrap());
        trouble.map(|trouble| (trouble.cause, trouble.certain))
    }

    fn waiting(reason: &str, message: &str) -> Value {
        json!({ "phase": "Pending", "containerStatuses": [{
            "name": "main", "image": "busybox:1", "imageID": "", "ready": false, "restartCount": 0,
            "state": { "waiting": { "reason": reason, "message": message } },
        }] })
    }

    #[test]
    fn an_image_that_is_not_there_is_certain() {
        assert_eq!(trouble(&waiting("ContainerCreating", "")), None);
        let (cause, certain) = trouble(&waiting("ErrImagePull", "not found")).unwrap();
        assert!(!certain, "{cause}");
        assert_eq!(
            trouble(&waiting("ImagePullBackOff", "Back-off: not found")).unwrap(),
            (
                "image `busybox:1` of pod `p` cannot be pulled on node `host-2` (ImagePullBackOff): Back-off: not found"
                    .to_owned(),
                true
            )
        );
    }

    #[test]
    fn a_crash_loop_is_certain_and_no_room_may_pass() {
        let (cause, certain) = trouble(&waiting("CrashLoopBackOff", "back-off 10s")).unwrap();
        assert_eq!(
            (cause.as_str(), certain),
            (
                "pod `p` does not start on node `host-2` (CrashLoopBackOff): back-off 10s",
                true
            )
        );
        let unscheduled = json!({ "phase": "Pending", "conditions": [{
            "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/2 nodes are available",
        }] });
        let (cause, certain) = trouble(&unscheduled).unwrap();
        assert_eq!(
            (cause.as_str(), certain),
            (
                "no node takes pod `p` (Unschedulable): 0/2 nodes are available",
                false
            )
        );
    }

    #[test]
    fn a_failed_pod_says_its_last_words() {
        let failed = json!({ "phase": "Failed", "containerStatuses": [{
            "name": "main", "image": "busybox:1", "imageID": "", "ready": false, "restartCount": 0,
            "state": { "terminated": { "exitCode": 1, "message": "Read-only file system\n" } },
        }] });
        assert_eq!(
            trouble(&failed).unwrap().0,
            "pod `p` failed on node `host-2` (exit code 1: Read-only file system)"
        );
        let evicted = json!({ "phase": "Failed", "reason": "Evicted", "message": "low on memory" });
        assert_eq!(
            trouble(&evicted).unwrap().0,
            "pod `p` failed on node `host-2` (Evicted: low on memory)"
        );
    }
}
