//! The last lines of containers that are in trouble.

use std::collections::HashMap;
use std::time::Duration;

use k8s_openapi::api::core::v1::{ContainerStatus, Pod};
use kube::Api;
use kube::api::LogParams;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::state::named;
use crate::platform::kube::Cluster;
use crate::platform::kube::diagnosis::{Cause, Snapshot};

/// How many lines are told.
const LINES: i64 = 10;

/// How much of a line is told.
const WIDTH: usize = 400;

/// How long the lines may take; without them the cause is told all the same.
const ANSWER: Duration = Duration::from_secs(3);

/// Lines that are younger than this are not asked for again.
const FRESH: Duration = Duration::from_secs(2);

/// A container's log: pod, container, how often it was started before.
type Key = (String, String, i32);

/// The last lines that were read.
pub struct LogTails {
    pods: Api<Pod>,
    read: Mutex<HashMap<Key, (Instant, String)>>,
}

impl LogTails {
    /// Nothing is read yet.
    pub fn new(cluster: &Cluster, namespace: &str) -> Self {
        Self {
            pods: Api::namespaced(cluster.client.clone(), namespace),
            read: Mutex::default(),
        }
    }

    /// The last lines of the container that the cause is about. Empty when there are none.
    pub async fn of(&self, cause: &Cause, snapshot: &Snapshot) -> String {
        let Some((pod, status)) = container(cause, snapshot) else {
            return String::new();
        };
        let key = (pod.to_owned(), status.name.clone(), status.restart_count);
        let before = self.read.lock().await.get(&key).cloned();
        if let Some((at, text)) = &before
            && at.elapsed() < FRESH
        {
            return text.clone();
        }
        let asked = LogParams {
            container: Some(status.name.clone()),
            previous: waits_to_run_again(status),
            tail_lines: Some(LINES),
            ..LogParams::default()
        };
        let answer = timeout(ANSWER, self.pods.logs(pod, &asked)).await;
        // What was read before is better than nothing: the pod may be gone.
        let text = match answer {
            Ok(Ok(text)) => legible(&text),
            _ => before.map(|(_, text)| text).unwrap_or_default(),
        };
        let read = (Instant::now(), text.clone());
        self.read.lock().await.insert(key, read);
        text
    }
}

fn container<'a>(
    cause: &'a Cause,
    snapshot: &'a Snapshot,
) -> Option<(&'a str, &'a ContainerStatus)> {
    let name = cause.object.strip_prefix("pod/")?;
    let status = named(&snapshot.pods, name)?.status.as_ref()?;
    let first = status.init_container_statuses.iter().flatten();
    let mut all = first.chain(status.container_statuses.iter().flatten());
    let status = all.find(|status| Some(&status.name) == cause.container.as_ref())?;
    Some((name, status))
}

/// It may have been started by the time that we ask, and would have said nothing yet.
fn waits_to_run_again(status: &ContainerStatus) -> bool {
    let waits = status
        .state
        .as_ref()
        .is_some_and(|state| state.waiting.is_some());
    let last = status.last_state.as_ref();
    waits && last.is_some_and(|last| last.terminated.is_some())
}

/// Without what would move a terminal's cursor.
fn legible(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let seen = line
            .chars()
            .filter(|char| !char.is_control() || *char == '\t');
        seen.take(WIDTH).collect::<String>()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_cannot_move_the_cursor() {
        assert_eq!(legible("\u{1b}[2Jone\r\ntwo\n"), "[2Jone\ntwo");
        assert_eq!(legible(&"x".repeat(900)).len(), WIDTH);
    }
}
