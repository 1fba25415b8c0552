//! What was asked for, of all pods.

use std::collections::VecDeque;

use futures_util::future::join_all;
use futures_util::{StreamExt as _, stream};
use k8s_openapi::api::core::v1::Pod;
use kube::Api;

use super::ends::Ends;
use super::follow::{Progress, follow};
use super::merge::merge;
use super::source::{Extent, Source};
use crate::plan::Component;
use crate::platform::kube::Cluster;
use crate::platform::kube::shop::{place, pods, program_of};
use crate::platform::{Error, LogLine, LogQuery, LogStream};

/// The wanted lines of all pods of the wanted components, oldest first.
pub async fn logs(
    cluster: &Cluster,
    namespace: &str,
    query: &LogQuery,
) -> Result<LogStream, Error> {
    let extent = Extent {
        since: query.since,
        // One line at least, so that whoever follows knows where it ended.
        tail: query.tail.map(|tail| tail.max(1)),
        ..Extent::default()
    };
    let sources = sources(cluster, namespace, &query.components).await?;
    let ends = Ends::default();
    let past = past(cluster, namespace, &sources, extent, &ends).await?;
    if query.follow {
        let before = sources.iter().filter(|source| source.previous);
        let read = before.map(Source::run).collect();
        let progress = Progress { read, ends };
        return Ok(follow(cluster, namespace, query, past, progress));
    }
    match query.tail {
        Some(tail) => Ok(stream::iter(last(past, tail).await).boxed()),
        None => Ok(past),
    }
}

/// The lines of a service of the last `seconds` that contain `needle`; each node's own clock says which those are. A log
/// that cannot be read is an error only where there is no such line in the others.
pub async fn containing(
    cluster: &Cluster,
    namespace: &str,
    service: Component,
    seconds: i64,
    needle: &str,
) -> Result<Vec<String>, Error> {
    let extent = Extent {
        age: Some(seconds),
        ..Extent::default()
    };
    let sources = sources(cluster, namespace, &[service]).await?;
    let mut lines = past(cluster, namespace, &sources, extent, &Ends::default()).await?;
    let (mut fitting, mut unread) = (Vec::new(), None);
    while let Some(line) = lines.next().await {
        match line {
            Ok(line) if line.text.contains(needle) => fitting.push(line.text),
            Ok(_) => {}
            Err(error) => unread = Some(error),
        }
    }
    match unread {
        Some(error) if fitting.is_empty() => Err(error),
        _ => Ok(fitting),
    }
}

/// The logs that the pods of these components have.
async fn sources(
    cluster: &Cluster,
    namespace: &str,
    components: &[Component],
) -> Result<Vec<Source>, Error> {
    let present = pods(cluster, namespace).await?;
    if present.is_empty() {
        return Err(Error::NothingRunning {
            place: place(cluster, namespace),
        });
    }
    let wanted = present.iter().filter_map(|pod| {
        let component = program_of(pod)?;
        components
            .contains(&component)
            .then(|| Source::all_of(component, pod))
    });
    Ok(wanted.flatten().collect())
}

/// What is there already, with at least as many lines as are wanted. What cannot be read, as the node is away for
/// instance, is told first; where that is everything, it is an error.
async fn past(
    cluster: &Cluster,
    namespace: &str,
    sources: &[Source],
    extent: Extent,
    ends: &Ends,
) -> Result<LogStream, Error> {
    let pods: Api<Pod> = Api::namespaced(cluster.client.clone(), namespace);
    let opened = sources
        .iter()
        .map(|source| source.lines(cluster, &pods, extent));
    let (mut readable, mut unreadable) = (Vec::new(), Vec::new());
    for (source, opened) in sources.iter().zip(join_all(opened).await) {
        match opened {
            Ok(lines) => readable.push(ends.note(source, lines)),
            Err(error) => unreadable.push(error),
        }
    }
    if readable.is_empty()
        && let Some(error) = unreadable.pop()
    {
        return Err(error);
    }
    let told = stream::iter(unreadable.into_iter().map(Err));
    Ok(told.chain(merge(readable)).boxed())
}

/// What could not be read, and then the last lines; no more than those are ever held.
async fn last(mut lines: LogStream, tail: usize) -> Vec<Result<LogLine, Error>> {
    let (mut told, mut kept) = (Vec::new(), VecDeque::new());
    while let Some(line) = lines.next().await {
        match line {
            Ok(line) => kept.push_back(line),
            Err(error) => told.push(Err(error)),
        }
        if kept.len() > tail {
            kept.pop_front();
        }
    }
    told.extend(kept.into_iter().map(Ok));
    told
}
