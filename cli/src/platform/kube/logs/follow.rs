//! Lines as they are written, of pods as they come and go.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use kube::runtime::WatchStreamExt as _;
use kube::runtime::watcher::{self, watcher};
use time::OffsetDateTime;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

use super::ends::Ends;
use super::source::{Extent, Run, Source};
use crate::plan::Component;
use crate::platform::kube::Cluster;
use crate::platform::kube::labels::OF_A_SHOP;
use crate::platform::kube::shop::program_of;
use crate::platform::kube::watched::{REFUSALS, is_refusal};
use crate::platform::{Error, LogLine, LogQuery, LogStream};

/// How many lines may wait for somebody who reads slowly.
const WAITING: usize = 256;

/// The pause before a log that has broken off is opened again.
const PAUSE: Duration = Duration::from_secs(1);

type Line = Result<LogLine, Error>;

/// What is left of the following when nobody listens any more: nothing.
struct Following {
    lines: Receiver<Line>,
    task: JoinHandle<()>,
}

impl Drop for Following {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What was read of the past.
pub struct Progress {
    /// The runs that were over and are read wholly.
    pub read: HashSet<Run>,
    /// How far the others are read.
    pub ends: Ends,
}

/// Where lines come from and go to.
#[derive(Clone)]
struct Follower {
    cluster: Cluster,
    namespace: String,
    pods: Api<Pod>,
    components: Vec<Component>,
    since: Option<OffsetDateTime>,
    tail: Option<usize>,
    told: Sender<Line>,
}

/// The past, and then what all containers write, those that start later too.
pub fn follow(
    cluster: &Cluster,
    namespace: &str,
    query: &LogQuery,
    past: LogStream,
    progress: Progress,
) -> LogStream {
    let (told, lines) = mpsc::channel(WAITING);
    let follower = Follower {
        cluster: cluster.clone(),
        namespace: namespace.to_owned(),
        pods: Api::namespaced(cluster.client.clone(), namespace),
        components: query.components.clone(),
        since: query.since,
        tail: query.tail,
        told,
    };
    let following = Following {
        lines,
        task: tokio::spawn(follower.run(past, progress)),
    };
    received(following).boxed()
}

fn received(following: Following) -> impl Stream<Item = Line> + Send {
    stream::unfold(following, async |mut following| {
        let line = following.lines.recv().await?;
        Some((line, following))
    })
}

impl Follower {
    async fn run(self, mut past: LogStream, progress: Progress) {
        let mut tail = VecDeque::new();
        while let Some(line) = past.next().await {
            // What cannot be read is told at once, and is no line.
            if line.is_err() {
                self.tell(Some(line)).await;
                continue;
            }
            tail.push_back(line);
            // Without a limit nothing is held back.
            if tail.len() <= self.tail.unwrap_or_default() {
                continue;
            }
            let first = tail.pop_front();
            if self.tail.is_none() && !self.tell(first).await {
                return;
            }
        }
        for line in tail {
            self.tell(Some(line)).await;
        }
        self.live(progress).await;
    }

    /// False when nobody listens any more.
    async fn tell(&self, line: Option<Line>) -> bool {
        match line {
            Some(line) => self.told.send(line).await.is_ok(),
            None => true,
        }
    }

    async fn live(&self, progress: Progress) {
        let Progress { mut read, ends } = progress;
        let config = watcher::Config::default().labels(OF_A_SHOP);
        let events = watcher(self.pods.clone(), config).default_backoff();
        let mut pods = std::pin::pin!(events.applied_objects());
        let (mut logs, mut refusals) = (JoinSet::new(), 0);
        loop {
            let pod = match pods.try_next().await {
                Ok(Some(pod)) => pod,
                Ok(None) => return,
                Err(error) => {
                    // The watch goes on by itself, but who may not watch waits in vain.
                    refusals = if is_refusal(&error) { refusals + 1 } else { 0 };
                    if refusals >= REFUSALS {
                        self.tell(Some(Err(self.refused(error)))).await;
                        return;
                    }
                    continue;
                }
            };
            refusals = 0;
            for source in self.new_sources(&pod, &mut read) {
                let after = ends.of(&source.run());
                logs.spawn(self.clone().one(source, after));
            }
            while logs.try_join_next().is_some() {}
        }
    }

    fn refused(&self, error: watcher::Error) -> Error {
        use watcher::Error::{InitialListFailed, WatchFailed, WatchStartFailed};
        let action = format!("watch the pods of namespace `{}`", self.namespace);
        match error {
            InitialListFailed(error) | WatchStartFailed(error) | WatchFailed(error) => {
                self.cluster.failed(action, &error)
            }
            other => self
                .cluster
                .failed(action, &kube::Error::Service(other.into())),
        }
    }

    /// The logs of the pod of which nothing was read yet. A run that began and ended since somebody looked is only there
    /// as the one before.
    fn new_sources(&self, pod: &Pod, read: &mut HashSet<Run>) -> Vec<Source> {
        let wanted = program_of(pod).filter(|component| self.components.contains(component));
        let sources = wanted.map(|component| Source::all_of(component, pod));
        let mut sources = sources.unwrap_or_default();
        sources.retain(|source| read.insert(source.run()));
        sources
    }

    /// Follows one run until it has ended; a log that breaks off before that is opened again.
    async fn one(self, source: Source, mut after: Option<OffsetDateTime>) {
        loop {
            let extent = Extent {
                since: after.max(self.since),
                age: None,
                tail: None,
                follow: !source.previous,
            };
            if let Ok(mut lines) = source.lines(&self.cluster, &self.pods, extent).await {
                while let Some(Ok(line)) = lines.next().await {
                    if after.is_some_and(|after| line.at <= after) {
                        continue;
                    }
                    after = Some(line.at);
                    if !self.tell(Some(Ok(line))).await {
                        return;
                    }
                }
            }
            if source.previous || !self.still_runs(&source).await {
                return;
            }
            sleep(PAUSE).await;
        }
    }

    async fn still_runs(&self, source: &Source) -> bool {
        match self.pods.get_opt(&source.pod).await {
            Ok(Some(pod)) => runs(&pod, source),
            Ok(None) => false,
            // Who cannot be asked may still run.
            Err(_) => true,
        }
    }
}

fn runs(pod: &Pod, source: &Source) -> bool {
    let mut statuses = pod
        .status
        .iter()
        .flat_map(|status| status.container_statuses.iter().flatten());
    statuses.any(|status| {
        let state = status.state.as_ref();
        let running = state.is_some_and(|state| state.running.is_some());
        status.name == source.container && status.restart_count == source.restarts && running
    })
}
