//! One component, as the cluster has it.

use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::core::v1::Pod;
use time::OffsetDateTime;

use super::pods::is_ready;
use crate::plan::Component;
use crate::platform::kube::Cluster;
use crate::platform::kube::diagnosis::{Cause, Reason, Snapshot};
use crate::platform::{ComponentStatus, Replicas as Counted};

/// How far a workload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replicas {
    wanted: i32,
    ready: i32,
    /// Whether all of them are of the newest revision.
    current: bool,
}

impl Replicas {
    /// Of a Deployment.
    pub fn of_deployment(deployment: &Deployment) -> Self {
        let wanted = deployment.spec.as_ref().and_then(|spec| spec.replicas);
        let wanted = wanted.unwrap_or(1);
        let status = deployment.status.clone().unwrap_or_default();
        let seen = status.observed_generation >= deployment.metadata.generation;
        Self {
            wanted,
            ready: status.ready_replicas.unwrap_or_default(),
            current: seen && status.updated_replicas.unwrap_or_default() >= wanted,
        }
    }

    /// Of a `StatefulSet`.
    pub fn of_stateful_set(set: &StatefulSet) -> Self {
        let wanted = set.spec.as_ref().and_then(|spec| spec.replicas);
        let status = set.status.clone().unwrap_or_default();
        let seen = status.observed_generation >= set.metadata.generation;
        let revision = status.current_revision == status.update_revision;
        Self {
            wanted: wanted.unwrap_or(1),
            ready: status.ready_replicas.unwrap_or_default(),
            current: seen && revision,
        }
    }

    const fn all_ready(self) -> bool {
        self.wanted > 0 && self.ready >= self.wanted
    }
}

/// One component.
#[derive(Debug)]
pub struct Part {
    component: Component,
    /// None when there is no workload of it.
    replicas: Option<Replicas>,
    restarts: u32,
    since: Option<OffsetDateTime>,
    cause: Option<Cause>,
}

impl Part {
    /// From its workload and what is around it.
    pub fn new(component: Component, replicas: Option<Replicas>, snapshot: &Snapshot) -> Self {
        let serving = snapshot.pods.iter().filter(|pod| is_ready(pod));
        Self {
            component,
            replicas,
            restarts: snapshot.pods.iter().map(restarts).sum(),
            since: serving.filter_map(started).min(),
            cause: snapshot.causes().into_iter().next(),
        }
    }

    /// Why it is not as it should be; none when it is.
    pub fn trouble(&self, cluster: &Cluster, namespace: &str) -> Option<String> {
        let Some(replicas) = self.replicas else {
            return Some("it is not deployed".to_owned());
        };
        if replicas.all_ready() {
            return None;
        }
        let Replicas { wanted, ready, .. } = replicas;
        // A pod that an autoscaler has added, or that makes up for a drained node, is awaited by whoever looks at pods.
        if ready > 0 && self.may_be_starting() {
            return None;
        }
        let counted = format!("{ready} of {wanted} pods are ready");
        Some(match self.cause(cluster, namespace) {
            Some(cause) => format!("{counted}; {cause}"),
            None => counted,
        })
    }

    /// Whether the pods that are missing may be on their way: nothing else is wrong with them.
    fn may_be_starting(&self) -> bool {
        let reason = self.cause.as_ref().map(|cause| cause.reason);
        matches!(
            reason,
            None | Some(
                Reason::ProbeFails | Reason::StartsSlowly | Reason::WaitsForNode | Reason::TimedOut
            )
        )
    }

    /// For `status`.
    pub fn status(&self, cluster: &Cluster, namespace: &str) -> ComponentStatus {
        let settled = self
            .replicas
            .is_some_and(|replicas| replicas.all_ready() && replicas.current);
        ComponentStatus {
            component: self.component,
            ready: self.replicas.is_some_and(Replicas::all_ready),
            state: self.word(),
            pid: None,
            replicas: self.replicas.map(|replicas| Counted {
                ready: count(replicas.ready),
                wanted: count(replicas.wanted),
            }),
            since: self.since,
            restarts: self.restarts,
            cause: self.cause(cluster, namespace).filter(|_| !settled),
        }
    }

    fn cause(&self, cluster: &Cluster, namespace: &str) -> Option<String> {
        let cause = self.cause.as_ref()?;
        Some(format!("{cause}; see `{}`", cause.next(cluster, namespace)))
    }

    fn word(&self) -> &'static str {
        let reason = self.cause.as_ref().map(|cause| cause.reason);
        match (self.replicas, reason) {
            (None | Some(Replicas { wanted: 0, .. }), _) => "stopped",
            (Some(replicas), _) if replicas.all_ready() && replicas.current => "ready",
            (Some(replicas), _) if replicas.all_ready() => "updating",
            (_, Some(Reason::CrashLoop | Reason::OutOfMemory)) => "crash-loop",
            (_, Some(_)) => "unready",
            (_, None) => "starting",
        }
    }
}

fn count(replicas: i32) -> u32 {
    u32::try_from(replicas).unwrap_or_default()
}

fn restarts(pod: &Pod) -> u32 {
    let statuses = pod
        .status
        .iter()
        .flat_map(|status| status.container_statuses.iter().flatten());
    statuses.map(|status| count(status.restart_count)).sum()
}

fn started(pod: &Pod) -> Option<OffsetDateTime> {
    let started = pod.status.as_ref()?.start_time.as_ref()?;
    OffsetDateTime::from_unix_timestamp(started.0.as_second()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_that_starts_beside_others_is_no_trouble() {
        let part = |ready, reason: Option<Reason>| Part {
            component: Component::Backend,
            replicas: Some(Replicas {
                wanted: 3,
                ready,
                current: true,
            }),
            restarts: 0,
            since: None,
            cause: reason.map(|reason| Cause::of("pod/backend-1", reason, "")),
        };
        assert!(part(2, None).may_be_starting());
        assert!(part(2, Some(Reason::ProbeFails)).may_be_starting());
        assert!(!part(2, Some(Reason::CrashLoop)).may_be_starting());
    }
}
