//! One named cause.

use super::reason::Reason;
use crate::platform::kube::Cluster;

/// What keeps one object from becoming ready.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cause {
    /// What is wrong. First, since causes are ordered by what explains what.
    pub reason: Reason,
    /// The object, as `kubectl` names it: `pod/backend-0`.
    pub object: String,
    /// The container, where it is one container's.
    pub container: Option<String>,
    /// The cluster's own words.
    pub message: String,
    /// Which attempt of a Job it ended, where it is a Job's.
    pub attempt: Option<Attempt>,
}

/// An attempt of a Job that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attempt {
    /// Its number, from 1.
    pub number: usize,
    /// What is wrong when no further attempt can help.
    pub failure: Reason,
}

impl Cause {
    /// A cause of a whole object.
    pub fn of(object: impl Into<String>, reason: Reason, message: impl Into<String>) -> Self {
        Self {
            reason,
            object: object.into(),
            container: None,
            message: message.into(),
            attempt: None,
        }
    }

    /// The same, of one of its containers.
    pub fn in_container(mut self, name: &str) -> Self {
        self.container = Some(name.to_owned());
        self
    }

    /// The same, of that attempt of a Job.
    pub const fn at_attempt(mut self, attempt: Attempt) -> Self {
        self.attempt = Some(attempt);
        self
    }

    /// Whether the last lines of the container say more than the cluster does.
    pub const fn has_log(&self) -> bool {
        matches!(
            self.reason,
            Reason::CrashLoop
                | Reason::OutOfMemory
                | Reason::ProbeFails
                | Reason::StartsSlowly
                | Reason::AttemptFailed
                | Reason::JobFailed
                | Reason::MigrationFailed
                | Reason::MigrationBlocked
                | Reason::NameResolution
        )
    }

    /// The command that shows more or mends it, for that cluster and no other.
    pub fn next(&self, cluster: &Cluster, namespace: &str) -> String {
        let command = self.command(namespace);
        command.replace("kubectl ", &cluster.kubectl(""))
    }

    fn command(&self, namespace: &str) -> String {
        let object = &self.object;
        match self.reason {
            Reason::NoStorageClass => {
                "kubectl get storageclass, then name one in `storage.class`".to_owned()
            }
            Reason::QuotaExceeded => format!("kubectl describe quota -n {namespace}"),
            Reason::WebhookDown => {
                "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations"
                    .to_owned()
            }
            Reason::Unschedulable => {
                format!("kubectl describe nodes, kubectl describe {object} -n {namespace}")
            }
            Reason::NameResolution => {
                "kubectl get pods -n kube-system -l k8s-app=kube-dns".to_owned()
            }
            Reason::CrashLoop | Reason::OutOfMemory if self.attempt.is_none() => {
                let container = self.container.as_deref().unwrap_or_default();
                format!("kubectl logs {object} -c {container} --previous -n {namespace}")
            }
            Reason::OutOfMemory
            | Reason::AttemptFailed
            | Reason::JobFailed
            | Reason::MigrationFailed => self.show(namespace),
            Reason::MigrationBlocked => format!(
                "{}; `pg_stat_activity` of the database says who holds the lock",
                self.show(namespace)
            ),
            _ => format!("kubectl describe {object} -n {namespace}"),
        }
    }

    fn show(&self, namespace: &str) -> String {
        let object = &self.object;
        self.container.as_ref().map_or_else(
            || format!("kubectl describe {object} -n {namespace}"),
            |container| format!("kubectl logs {object} -c {container} -n {namespace}"),
        )
    }
}

impl std::fmt::Display for Cause {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.object)?;
        if let Some(container) = &self.container {
            write!(formatter, ", container {container}")?;
        }
        write!(formatter, ": {}", self.reason.sentence())?;
        if self.message.is_empty() {
            return Ok(());
        }
        write!(formatter, " ({})", self.message)
    }
}
