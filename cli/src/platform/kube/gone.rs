//! Waiting for the end of an object.

use std::fmt::Debug;
use std::future::ready;
use std::time::Duration;

use futures_util::StreamExt as _;
use kube::runtime::{WatchStreamExt as _, watcher::watch_object};
use kube::{Api, Resource};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

/// Waits until no object of that name has this uid; false when one still has at the end of the time. An API server that
/// is away meanwhile is waited for too.
pub async fn is_gone<K>(objects: &Api<K>, name: &str, uid: &str, limit: Duration) -> bool
where
    K: Resource + Clone + Debug + DeserializeOwned + Send + 'static,
{
    let seen = watch_object(objects.clone(), name).default_backoff();
    let gone = seen
        .filter_map(|seen| ready(seen.ok()))
        .any(|object| ready(object.is_none_or(|object| object.meta().uid.as_deref() != Some(uid))));
    timeout(limit, gone).await.unwrap_or(false)
}
