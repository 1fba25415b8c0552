//! The closed list of what can be wrong.

use std::time::Duration;

/// What keeps a workload from becoming ready. The order is that of explanation: where several apply, the first one
/// explains the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// An admission webhook that must be asked does not answer.
    WebhookDown,
    /// The namespace's Pod Security level refuses the pod.
    PodSecurity,
    /// The namespace's quota has no room for the pod.
    QuotaExceeded,
    /// The API server refuses to make the pod for another reason.
    Refused,
    /// The claim names no storage class and the cluster has no default one.
    NoStorageClass,
    /// The claim's volume cannot be made or found.
    ClaimPending,
    /// No node can take the pod.
    Unschedulable,
    /// The registry has no such image.
    ImageNotFound,
    /// The registry wants other credentials.
    RegistryRefuses,
    /// The registry does not answer.
    RegistryUnreachable,
    /// A `Secret` or `ConfigMap`, or a key of it, is not there.
    MissingKey,
    /// The container cannot be started at all: no such program, a user that may not be.
    CannotStart,
    /// The kernel ended the container at its memory limit.
    OutOfMemory,
    /// A migration waited for a lock that somebody else holds.
    MigrationBlocked,
    /// A name could not be resolved.
    NameResolution,
    /// The migration ended with an error.
    MigrationFailed,
    /// A Job that is no migration ended with an error.
    JobFailed,
    /// The container ends again and again.
    CrashLoop,
    /// The container runs and its readiness probe fails.
    ProbeFails,
    /// A volume is not attached or not mounted yet.
    VolumeUnavailable,
    /// A Job has failed and is tried again.
    AttemptFailed,
    /// The container runs and its startup probe has not passed yet.
    StartsSlowly,
    /// An autoscaler is making the node that the pod needs.
    WaitsForNode,
    /// It is not ready, and nothing says why.
    TimedOut,
}

impl Reason {
    /// The name in JSON documents and JUnit files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WebhookDown => "webhook-down",
            Self::PodSecurity => "pod-security",
            Self::QuotaExceeded => "quota-exceeded",
            Self::Refused => "refused",
            Self::NoStorageClass => "no-storage-class",
            Self::ClaimPending => "claim-pending",
            Self::Unschedulable => "unschedulable",
            Self::ImageNotFound => "image-not-found",
            Self::RegistryRefuses => "registry-refuses",
            Self::RegistryUnreachable => "registry-unreachable",
            Self::MissingKey => "missing-key",
            Self::CannotStart => "cannot-start",
            Self::OutOfMemory => "out-of-memory",
            Self::MigrationBlocked => "migration-blocked",
            Self::NameResolution => "name-resolution",
            Self::MigrationFailed => "migration-failed",
            Self::JobFailed => "job-failed",
            Self::CrashLoop => "crash-loop",
            Self::ProbeFails => "probe-fails",
            Self::VolumeUnavailable => "volume-unavailable",
            Self::AttemptFailed => "attempt-failed",
            Self::StartsSlowly => "starts-slowly",
            Self::WaitsForNode => "waits-for-node",
            Self::TimedOut => "timed-out",
        }
    }

    /// For how long it must have been so before it is certain that waiting does not mend it; without end for what often
    /// mends itself.
    pub const fn patience(self) -> Duration {
        Duration::from_secs(match self {
            // What nobody but a person can change.
            Self::CannotStart
            | Self::MigrationBlocked
            | Self::MigrationFailed
            | Self::JobFailed => 0,
            // The container has already been started more than once, or the answer has come from a registry: a
            // moment for whoever else is at work, such as a push that is about to end. And events outlive what they
            // tell by the moment that a controller takes.
            Self::PodSecurity
            | Self::MissingKey
            | Self::ImageNotFound
            | Self::RegistryRefuses
            | Self::OutOfMemory
            | Self::CrashLoop
            | Self::NoStorageClass => 3,
            // The network of a new pod may come a moment after its first process.
            Self::NameResolution => 10,
            // The pods of the release before may be about to make room.
            Self::QuotaExceeded | Self::Refused | Self::Unschedulable => 12,
            // Restarts of others, which end by themselves.
            Self::WebhookDown | Self::RegistryUnreachable | Self::ClaimPending => 15,
            Self::ProbeFails => 18,
            // The driver of a node that has just joined comes within a minute or so, and so does a disk that another
            // node lets go.
            Self::VolumeUnavailable
            | Self::AttemptFailed
            | Self::StartsSlowly
            | Self::WaitsForNode
            | Self::TimedOut => return Duration::MAX,
        })
    }

    /// Whether it may be what an API server that was away leaves behind: whoever watches it knows of nothing new until it has
    /// found it again.
    pub const fn may_follow_an_outage(self) -> bool {
        matches!(
            self,
            Self::WebhookDown
                | Self::ClaimPending
                | Self::Unschedulable
                | Self::NameResolution
                | Self::CrashLoop
                | Self::ProbeFails
        )
    }

    /// Whether a pod that goes away may mend it.
    pub const fn wants_room(self) -> bool {
        matches!(self, Self::QuotaExceeded | Self::Unschedulable)
    }

    /// In words, without the object.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::WebhookDown => "an admission webhook that must be asked does not answer",
            Self::PodSecurity => "the Pod Security level of the namespace refuses the pod",
            Self::QuotaExceeded => "the quota of the namespace has no room for the pod",
            Self::Refused => "the API server refuses to make the pod",
            Self::NoStorageClass => {
                "the claim names no storage class and the cluster has no default one"
            }
            Self::ClaimPending => "the claim's volume cannot be made",
            Self::Unschedulable => "no node can take the pod",
            Self::ImageNotFound => "the registry has no such image",
            Self::RegistryRefuses => "the registry refuses the credentials",
            Self::RegistryUnreachable => "the registry does not answer",
            Self::MissingKey => "a Secret or ConfigMap that it needs is not there",
            Self::CannotStart => "the container cannot be started",
            Self::OutOfMemory => "the container was ended at its memory limit",
            Self::MigrationBlocked => "the migration waited too long for a lock in the database",
            Self::NameResolution => "a name cannot be resolved",
            Self::MigrationFailed => "the migration ended with an error",
            Self::JobFailed => "the Job ended with an error",
            Self::CrashLoop => "the container ends again and again",
            Self::ProbeFails => "the container runs, but its probe fails",
            Self::VolumeUnavailable => "a volume that it needs is not there yet",
            Self::AttemptFailed => "an attempt ended with an error",
            Self::StartsSlowly => "the container runs, and its startup probe has not passed yet",
            Self::WaitsForNode => "an autoscaler is making the node that the pod needs",
            Self::TimedOut => "it is not ready",
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_for_the_night_knows_every_name() {
        let page = include_str!("../../../../../docs/failures.md");
        let source = include_str!("reason.rs");
        let (_, names) = source.split_once("pub const fn name(").unwrap();
        let (names, _) = names.split_once("pub const fn patience(").unwrap();
        let names: Vec<_> = names.split('"').skip(1).step_by(2).collect();
        assert!(names.len() > 20, "{names:?}");
        for name in names {
            assert!(page.contains(&format!("| `{name}` |")), "{name}");
        }
    }
}
