//! One pod.

use k8s_openapi::api::core::v1::Pod;

use super::cause::Cause;
use super::reason::Reason;
use super::snapshot::Snapshot;
use super::{container, probe, scheduling};

/// The event of the kubelet that a volume cannot be mounted.
const MOUNT: &str = "FailedMount";

/// The events that tell how far the volumes of a pod are; the newest one counts.
const VOLUMES: [&str; 3] = [MOUNT, "FailedAttachVolume", "SuccessfulAttachVolume"];

/// The events of a container that is being started, which come after all volumes have been mounted.
const STARTING: [&str; 4] = ["Pulling", "Pulled", "Created", "Started"];

/// How the kubelet and the API server begin when they name a Secret or a `ConfigMap`.
const NAMED: [&str; 4] = ["secret \"", "secrets \"", "configmap \"", "configmaps \""];

/// What the kubelet says of a key that is not in them.
const KEYS: [&str; 2] = [
    "references non-existent secret key",
    "references non-existent config key",
];

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

/// A volume is missed while no container is being started. A node that has just joined has no driver yet, and a disk is
/// let go by another node first, so only what nobody but a person can change is certain: a Secret that is not there.
fn of_volumes(pod: &Pod, snapshot: &Snapshot) -> Option<Cause> {
    let phase = pod.status.as_ref()?.phase.as_deref();
    let is_mounted = || snapshot.newest("Pod", &pod.metadata, &STARTING).is_some();
    if phase != Some("Pending") || is_mounted() {
        return None;
    }
    let (event, message) = snapshot.newest("Pod", &pod.metadata, &VOLUMES)?;
    let reason = match event {
        "SuccessfulAttachVolume" => return None,
        MOUNT if misses_key(message) => Reason::MissingKey,
        _ => Reason::VolumeUnavailable,
    };
    Some(Cause::of(object(pod), reason, message))
}

/// Whether the kubelet says that a Secret or a `ConfigMap`, or a key of it, is not there.
fn misses_key(message: &str) -> bool {
    let is_absent = |rest: &str| {
        let ends = rest.split_once('"');
        ends.is_some_and(|(_, after)| after.starts_with(" not found"))
    };
    let mut absent = NAMED
        .iter()
        .flat_map(|named| message.split(named).skip(1).map(is_absent));
    absent.any(|absent| absent) || KEYS.iter().any(|words| message.contains(words))
}

fn object(pod: &Pod) -> String {
    format!("pod/{}", pod.metadata.name.as_deref().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::platform::kube::diagnosis::testing::{event, pod, snapshot};

    /// What is wrong with a pod whose containers are being made, by its events, a second apart.
    fn creating(told: &[(&str, &str)]) -> Option<Reason> {
        let creating = json!({"state": {"waiting": {"reason": "ContainerCreating"}}});
        let told = told.iter().enumerate().map(|(second, (reason, message))| {
            let mut event = event("Pod", "postgres-0", reason, message);
            event["lastTimestamp"] = json!(format!("2026-11-23T10:00:{second:02}Z"));
            event
        });
        let pod = pod("postgres-0", "Pending", &creating);
        let causes = snapshot(vec![pod], told.collect()).causes();
        causes.first().map(|cause| cause.reason)
    }

    const SECRET: &str = "MountVolume.SetUp failed for volume \"urls\" : secret \"urls\" not found";
    const DRIVER: &str = "MountVolume.MountDevice failed for volume \"pvc-1\" : kubernetes.io/csi: attacher.MountDevice \
        failed to create newCsiDriverClient: driver name ebs.csi.aws.com not found in the list of registered CSI drivers";
    const ATTACH: &str = "AttachVolume.Attach failed for volume \"pvc-1\" : rpc error: code = NotFound desc = Instance \
        \"i-1\" not found";

    #[test]
    fn only_a_secret_that_is_not_there_is_a_missing_key() {
        let configmap = "MountVolume.SetUp failed for volume \"c\" : configmap \"c\" not found";
        let server = "MountVolume.SetUp failed for volume \"c\" : secrets \"c\" not found";
        let key = "MountVolume.SetUp failed for volume \"c\" : configmap references non-existent config key: url";
        for message in [SECRET, configmap, server, key] {
            let missing = creating(&[("FailedMount", message)]);
            assert_eq!(missing, Some(Reason::MissingKey), "{message}");
        }
        let synced =
            "MountVolume.SetUp failed for volume \"urls\" : failed to sync secret cache: timed out";
        let rows = [
            ("FailedMount", DRIVER),
            ("FailedMount", synced),
            ("FailedAttachVolume", ATTACH),
            ("FailedAttachVolume", SECRET),
        ];
        for (event, message) in rows {
            let passing = creating(&[(event, message)]);
            assert_eq!(passing, Some(Reason::VolumeUnavailable), "{message}");
        }
    }

    #[test]
    fn only_the_newest_word_on_the_volumes_counts() {
        let driver = ("FailedMount", DRIVER);
        let secret = ("FailedMount", SECRET);
        assert_eq!(creating(&[secret, driver]), Some(Reason::VolumeUnavailable));
        assert_eq!(creating(&[driver, secret]), Some(Reason::MissingKey));
        let attached = ("SuccessfulAttachVolume", "AttachVolume.Attach succeeded");
        assert_eq!(creating(&[("FailedAttachVolume", ATTACH), attached]), None);
        // Where an image is pulled, all volumes have been mounted.
        assert_eq!(creating(&[secret, ("Pulling", "Pulling image")]), None);
    }

    #[test]
    fn a_secret_that_the_kubelet_has_not_read_yet_is_no_trouble() {
        let waiting = |message: &str| -> Value {
            json!({"state": {"waiting": {"reason": "CreateContainerConfigError", "message": message}}})
        };
        let reason = |message: &str| {
            let pod = pod("backend-1", "Pending", &waiting(message));
            let causes = snapshot(vec![pod], vec![]).causes();
            causes.first().map(|cause| cause.reason)
        };
        let unread = "failed to sync secret cache: timed out waiting for the condition";
        assert_eq!(reason(unread), None);
        assert_eq!(
            reason("secret \"urls\" not found"),
            Some(Reason::MissingKey)
        );
    }
}
