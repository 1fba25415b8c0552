//! Objects of one kind as they change, so that nobody has to look twice.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::future::pending;
use std::time::Duration;

use backon::ExponentialBuilder;
use futures_util::TryStreamExt as _;
use kube::runtime::WatchStreamExt as _;
use kube::runtime::watcher::{self, Event, ExponentialBackoff};
use kube::{Api, ResourceExt as _};
use serde::de::DeserializeOwned;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::request::innermost;

/// A failure that may pass by itself is one when it has not passed for so long.
const DOUBT: Duration = Duration::from_secs(4);

/// The first pause after an error of the watch, and the longest: somebody waits for what it tells.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(2));

/// An API server that has just been started refuses for a moment what it allows later.
pub const REFUSALS: usize = 5;

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
    errors: usize,
    refusals: usize,
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
            errors: 0,
            refusals: 0,
        });
        let watch = tokio::spawn(follow(objects, sender));
        Self { seen, watch }
    }

    /// All objects as they are now; none before all of them are known.
    pub fn now(&mut self) -> Option<Vec<K>> {
        let seen = self.seen.borrow_and_update();
        seen.complete
            .then(|| seen.objects.values().cloned().collect())
    }

    /// Waits until something is not as it was at [`Watched::now`], or the watch has met an error.
    pub async fn changed(&mut self) {
        if self.seen.changed().await.is_err() {
            pending::<()>().await;
        }
    }

    /// How many errors the watch has met.
    pub fn errors(&self) -> usize {
        self.seen.borrow().errors
    }

    /// The words of an API server that does not let us watch.
    pub fn refusal(&self) -> Option<String> {
        let seen = self.seen.borrow();
        let refused = seen.refusals >= REFUSALS;
        seen.error.clone().filter(|_| refused)
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
    let (first, longest) = PAUSES;
    let pauses = ExponentialBuilder::default()
        .with_min_delay(first)
        .with_max_delay(longest)
        .with_jitter()
        .without_max_times();
    let events = watcher::watcher(objects, watcher::Config::default())
        .backoff(ExponentialBackoff::from(pauses));
    let mut events = std::pin::pin!(events);
    loop {
        match events.try_next().await {
            Ok(Some(event)) => seen.send_modify(|seen| seen.take(event)),
            Ok(None) => return,
            // The watch goes on by itself after a pause.
            Err(error) => seen.send_modify(|seen| seen.fail(&error)),
        }
    }
}

impl<K> Seen<K> {
    fn fail(&mut self, error: &watcher::Error) {
        self.error = Some(innermost(error));
        self.errors += 1;
        self.refusals = if is_refusal(error) {
            self.refusals + 1
        } else {
            0
        };
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
                self.refusals = 0;
            }
            Event::Delete(object) => {
                self.objects.remove(&object.name_any());
            }
        }
    }
}

/// Whether the API server has answered that we may not.
pub fn is_refusal(error: &watcher::Error) -> bool {
    use watcher::Error::{InitialListFailed, WatchFailed, WatchStartFailed};
    match error {
        InitialListFailed(error) | WatchStartFailed(error) | WatchFailed(error) => {
            matches!(error, kube::Error::Api(status) if status.code == 403)
        }
        _ => false,
    }
}
