//! Objects of one kind as they change, so that nobody has to look twice.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use kube::runtime::WatchStreamExt as _;
use kube::runtime::watcher::{self, Event};
use kube::{Api, ResourceExt as _};
use serde::de::DeserializeOwned;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

/// A failure that may pass by itself is one when it has not passed for so long.
const DOUBT: Duration = Duration::from_secs(4);

/// What somebody who looks at the objects says.
#[derive(Debug)]
pub enum Look<T> {
    /// This is what was waited for.
    Done(T),
    /// Not yet.
    Wait,
    /// It does not look well, but it may pass.
    Doubt(String),
    /// It has failed for certain, for this reason.
    Failed(String),
}

/// Why waiting ended in vain.
#[derive(Debug, PartialEq, Eq)]
pub enum Late {
    /// It has failed, for this reason.
    Failed(String),
    /// The time is over; the last error of the watch, if there was one.
    TimedOut(Option<String>),
}

/// What is there now.
#[derive(Debug)]
struct Seen<K> {
    objects: BTreeMap<String, K>,
    complete: bool,
    error: Option<String>,
}

/// The objects of one kind in one place.
#[derive(Debug)]
pub struct Watched<K> {
    seen: watch::Receiver<Seen<K>>,
    watch: JoinHandle<()>,
}

impl<K> Drop for Watched<K> {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

impl<K> Watched<K>
where
    K: kube::Resource + Clone + Debug + DeserializeOwned + Send + Sync + 'static,
    K::DynamicType: Clone + Default,
{
    /// Begins to watch.
    pub fn begin(objects: Api<K>) -> Self {
        let (sender, seen) = watch::channel(Seen {
            objects: BTreeMap::new(),
            complete: false,
            error: None,
        });
        let watch = tokio::spawn(follow(objects, sender));
        Self { seen, watch }
    }

    /// Looks at every change until there is a result or the time is over.
    pub async fn wait<T>(
        &self,
        limit: Duration,
        mut look: impl FnMut(&BTreeMap<String, K>) -> Look<T>,
    ) -> Result<T, Late> {
        let mut seen = self.seen.clone();
        let end = Instant::now() + limit;
        let mut doubt: Option<(Instant, String)> = None;
        loop {
            let (looked, error) = {
                let now = seen.borrow_and_update();
                let looked = if now.complete {
                    look(&now.objects)
                } else {
                    Look::Wait
                };
                (looked, now.error.clone())
            };
            match looked {
                Look::Done(result) => return Ok(result),
                Look::Failed(cause) => return Err(Late::Failed(cause)),
                Look::Wait => doubt = None,
                Look::Doubt(cause) => {
                    let since = doubt.map_or_else(Instant::now, |(since, _)| since);
                    doubt = Some((since, cause));
                }
            }
            let patience = doubt
                .as_ref()
                .map_or(end, |(since, _)| (*since + DOUBT).min(end));
            match (timeout_at(patience, seen.changed()).await, &doubt) {
                (Ok(Ok(())), _) => {}
                (Err(_), Some((_, cause))) => return Err(Late::Failed(cause.clone())),
                (Err(_) | Ok(Err(_)), _) => return Err(Late::TimedOut(error)),
            }
        }
    }
}

async fn follow<K>(objects: Api<K>, seen: watch::Sender<Seen<K>>)
where
    K: kube::Resource + Clone + Debug + DeserializeOwned + Send + 'static,
{
    let events = watcher::watcher(objects, watcher::Config::default()).default_backoff();
    let mut events = std::pin::pin!(events);
    loop {
        match events.try_next().await {
            Ok(Some(event)) => seen.send_modify(|seen| seen.take(event)),
            Ok(None) => return,
            // The watch goes on by itself after a pause.
            Err(error) => seen.send_modify(|seen| seen.error = Some(innermost(&error))),
        }
    }
}

impl<K: kube::Resource> Seen<K> {
    fn take(&mut self, event: Event<K>) {
        match event {
            Event::Init => {
                self.objects.clear();
                self.complete = false;
            }
            Event::InitApply(object) | Event::Apply(object) => {
                self.objects.insert(object.name_any(), object);
            }
            Event::InitDone => {
                self.complete = true;
                self.error = None;
            }
            Event::Delete(object) => {
                self.objects.remove(&object.name_any());
            }
        }
    }
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
