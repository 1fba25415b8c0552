//! The log of one container.

use futures_util::{AsyncBufRead, AsyncBufReadExt as _, StreamExt as _, stream};
use k8s_openapi::api::core::v1::{ContainerStatus, Pod};
use k8s_openapi::jiff::Timestamp;
use kube::api::LogParams;
use kube::{Api, ResourceExt as _};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::plan::Component;
use crate::platform::kube::Cluster;
use crate::platform::{Error, LogLine, LogStream};

/// One life of a container, from a start to its end.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Run {
    pod: String,
    container: String,
    restarts: i32,
}

/// A container that has started at least once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Source {
    /// Whose it is.
    pub component: Component,
    /// The pod.
    pub pod: String,
    /// The container.
    pub container: String,
    /// Its number in the row of restarts.
    pub restarts: i32,
    /// Whether it is the one before the last restart.
    pub previous: bool,
}

/// Which part of a log.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extent {
    /// Not older than this.
    pub since: Option<OffsetDateTime>,
    /// Not older than this by the clock of the pod's node, in seconds.
    pub age: Option<i64>,
    /// At most this many of the newest lines.
    pub tail: Option<usize>,
    /// Go on with lines as they are written.
    pub follow: bool,
}

impl Source {
    /// The logs that a pod has, those of the containers before a crash first.
    pub fn all_of(component: Component, pod: &Pod) -> Vec<Self> {
        let statuses = pod.status.iter().flat_map(|status| {
            let first = status.init_container_statuses.iter().flatten();
            first.chain(status.container_statuses.iter().flatten())
        });
        let of_container = |status: &ContainerStatus| {
            let started = |state: &Option<_>| {
                let state: Option<&k8s_openapi::api::core::v1::ContainerState> = state.as_ref();
                state.is_some_and(|state| state.running.is_some() || state.terminated.is_some())
            };
            let source = |restarts, previous| Self {
                component,
                pod: pod.name_any(),
                container: status.name.clone(),
                restarts,
                previous,
            };
            // Who waits to be restarted has the number of the one that has ended.
            let now = started(&status.state).then(|| source(status.restart_count, false));
            let ended = status.restart_count - i32::from(now.is_some());
            let before = started(&status.last_state).then(|| source(ended, true));
            before.into_iter().chain(now)
        };
        statuses.flat_map(of_container).collect()
    }

    /// Which run it is the log of.
    pub fn run(&self) -> Run {
        Run {
            pod: self.pod.clone(),
            container: self.container.clone(),
            restarts: self.restarts,
        }
    }

    /// Its lines, oldest first. A log that is gone has none.
    pub async fn lines(
        &self,
        cluster: &Cluster,
        pods: &Api<Pod>,
        extent: Extent,
    ) -> Result<LogStream, Error> {
        let parameters = LogParams {
            container: Some(self.container.clone()),
            follow: extent.follow,
            previous: self.previous,
            since_seconds: extent.age,
            since_time: extent.since.and_then(second_before),
            tail_lines: extent.tail.and_then(|tail| i64::try_from(tail).ok()),
            timestamps: true,
            ..LogParams::default()
        };
        match pods.log_stream(&self.pod, &parameters).await {
            Ok(log) => Ok(self.parsed(cluster, log, extent.since)),
            // The pod went, or the container before was swept away, since somebody looked.
            Err(kube::Error::Api(status)) if matches!(status.code, 400 | 404) => {
                Ok(stream::empty().boxed())
            }
            Err(error) => Err(cluster.failed(self.action(), &error)),
        }
    }

    fn action(&self) -> String {
        let Self { pod, container, .. } = self;
        format!("read the log of container `{container}` of pod `{pod}`")
    }

    fn parsed(
        &self,
        cluster: &Cluster,
        log: impl AsyncBufRead + Send + 'static,
        since: Option<OffsetDateTime>,
    ) -> LogStream {
        let (source, cluster) = (self.clone(), cluster.clone());
        let lines = stream::unfold(Some(Box::pin(log)), move |log| {
            let (source, cluster) = (source.clone(), cluster.clone());
            async move {
                let mut log = log?;
                let mut bytes = Vec::new();
                match log.read_until(b'\n', &mut bytes).await {
                    Ok(0) => None,
                    Ok(_) => Some((Ok(source.line(&bytes)), Some(log))),
                    Err(error) => {
                        let error = kube::Error::ReadEvents(error);
                        Some((Err(cluster.failed(source.action(), &error)), None))
                    }
                }
            }
        });
        let lines = lines.filter_map(async |line| line.transpose());
        let is_wanted = move |line: &Result<LogLine, Error>| {
            let too_old = |line: &LogLine| since.is_some_and(|since| line.at < since);
            !line.as_ref().is_ok_and(too_old)
        };
        lines
            .filter(move |line| std::future::ready(is_wanted(line)))
            .boxed()
    }

    /// The moment that the kubelet has noted, and what the container wrote; none when the line was cut off.
    fn line(&self, bytes: &[u8]) -> Option<LogLine> {
        let text = String::from_utf8_lossy(bytes);
        let (stamp, text) = text.trim_end_matches(['\n', '\r']).split_once(' ')?;
        Some(LogLine {
            at: OffsetDateTime::parse(stamp, &Rfc3339).ok()?,
            component: self.component,
            pod: Some(self.pod.clone()),
            text: text.to_owned(),
        })
    }
}

/// The API rounds to whole seconds: what is too old is dropped here.
fn second_before(at: OffsetDateTime) -> Option<Timestamp> {
    Timestamp::from_second(at.unix_timestamp() - 1).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// The numbers of the runs, and whether it is the one before.
    fn sources(state: &Value, last: &Value) -> Vec<(i32, bool)> {
        let status = json!({
            "name": "backend", "image": "", "imageID": "", "ready": false, "restartCount": 2, "state": state, "lastState": last,
        });
        let pod = json!({ "metadata": { "name": "backend-1" }, "status": { "containerStatuses": [status] } });
        let pod = serde_json::from_value(pod).unwrap();
        let sources = Source::all_of(Component::Backend, &pod);
        sources
            .iter()
            .map(|source| (source.restarts, source.previous))
            .collect()
    }

    #[test]
    fn the_container_before_a_crash_comes_first() {
        let (running, ended) = (
            json!({ "running": {} }),
            json!({ "terminated": { "exitCode": 1 } }),
        );
        let waiting = json!({ "waiting": { "reason": "CrashLoopBackOff" } });
        assert_eq!(sources(&running, &json!({})), [(2, false)]);
        assert_eq!(sources(&running, &ended), [(1, true), (2, false)]);
        assert_eq!(sources(&waiting, &ended), [(2, true)]);
        assert_eq!(sources(&waiting, &json!({})), Vec::new());
    }
}
