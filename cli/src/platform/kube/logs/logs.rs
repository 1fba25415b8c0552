//! What was asked for, of all pods.

use std::collections::VecDeque;

use futures_util::future::try_join_all;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use time::OffsetDateTime;

use super::follow::follow;
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
    let present = pods(cluster, namespace).await?;
    if present.is_empty() {
        return Err(Error::NothingRunning {
            place: place(cluster, namespace),
        });
    }
    let sources = sources(&present, &query.components);
    let past = past(cluster, namespace, &sources, query).await?;
    if query.follow {
        return Ok(follow(cluster, namespace, query, past));
    }
    match query.tail {
        Some(tail) => {
            let lines = last(past, tail).await?;
            Ok(stream::iter(lines.into_iter().map(Ok)).boxed())
        }
        None => Ok(past),
    }
}

/// The lines of a service that are younger than `since` and contain `needle`.
pub async fn containing(
    cluster: &Cluster,
    namespace: &str,
    service: Component,
    since: OffsetDateTime,
    needle: &str,
) -> Result<Vec<String>, Error> {
    let query = LogQuery {
        components: vec![service],
        since: Some(since),
        tail: None,
        follow: false,
    };
    let lines = logs(cluster, namespace, &query).await?;
    let fitting = lines.try_filter(|line| std::future::ready(line.text.contains(needle)));
    fitting.map_ok(|line| line.text).try_collect().await
}

fn sources(pods: &[Pod], components: &[Component]) -> Vec<Source> {
    let wanted = pods.iter().filter_map(|pod| {
        let component = program_of(pod)?;
        components
            .contains(&component)
            .then(|| Source::all_of(component, pod))
    });
    wanted.flatten().collect()
}

/// What is there already, with at least as many lines as are wanted.
async fn past(
    cluster: &Cluster,
    namespace: &str,
    sources: &[Source],
    query: &LogQuery,
) -> Result<LogStream, Error> {
    let pods: Api<Pod> = Api::namespaced(cluster.client.clone(), namespace);
    let extent = Extent {
        since: query.since,
        // One line at least, so that whoever follows knows where it ended.
        tail: query.tail.map(|tail| tail.max(1)),
        follow: false,
    };
    let opened = sources
        .iter()
        .map(|source| source.lines(cluster, &pods, extent));
    Ok(merge(try_join_all(opened).await?))
}

/// The last lines; no more than those are ever held.
async fn last(mut lines: LogStream, tail: usize) -> Result<VecDeque<LogLine>, Error> {
    let mut kept = VecDeque::new();
    while let Some(line) = lines.try_next().await? {
        kept.push_back(line);
        if kept.len() > tail {
            kept.pop_front();
        }
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::platform::kube::conversation::{Answer, Conversation};

    fn pod(name: &str, component: &str, last: &Value) -> Value {
        json!({
            "metadata": { "name": name, "labels": {
                "app.kubernetes.io/name": component, "app.kubernetes.io/part-of": "shopmicro",
            } },
            "status": { "containerStatuses": [{
                "name": component, "image": "", "imageID": "", "ready": true, "restartCount": 0,
                "state": { "running": {} }, "lastState": last,
            }] },
        })
    }

    const FIRST: &str = "2026-11-23T03:00:01.000000001Z one\n2026-11-23T03:00:03.5Z three\ncut";
    const SECOND: &str = "2026-11-23T03:00:02Z two\n2026-11-23T03:00:04Z four with a needle\n";

    fn talk() -> Conversation {
        let pods = json!([
            pod("migration-1", "migration", &json!({})),
            pod("backend-2", "backend", &json!({})),
            pod("redis-0", "redis", &json!({})),
            pod("traefik-1", "traefik", &json!({})),
        ]);
        let list = json!({ "kind": "List", "metadata": { "resourceVersion": "1" }, "items": pods });
        Conversation::with(vec![
            (
                "GET /api/v1/namespaces/shop/pods/migration-1/log",
                Answer::Text(FIRST),
            ),
            (
                "GET /api/v1/namespaces/shop/pods/backend-2/log",
                Answer::Text(SECOND),
            ),
            (
                "GET /api/v1/namespaces/shop/pods/redis-0/log",
                Answer::NotFound,
            ),
            ("GET /api/v1/namespaces/shop/pods/", Answer::NotFound),
            ("GET /api/v1/namespaces/shop/pods", Answer::Object(list)),
        ])
    }

    fn query(components: &[Component], tail: Option<usize>, follow: bool) -> LogQuery {
        LogQuery {
            components: components.to_vec(),
            since: None,
            tail,
            follow,
        }
    }

    async fn texts(stream: LogStream) -> Vec<String> {
        let texts = stream.map_ok(|line| line.text);
        texts.try_collect().await.unwrap()
    }

    #[tokio::test]
    async fn the_pods_of_a_component_are_interleaved_by_time() {
        let talk = talk();
        let all = query(&Component::ALL, None, false);
        let lines = logs(&talk.cluster, "shop", &all).await.unwrap();
        assert_eq!(
            texts(lines).await,
            ["one", "two", "three", "four with a needle"]
        );
        let tail = query(&[Component::Backend], Some(1), false);
        let lines = logs(&talk.cluster, "shop", &tail).await.unwrap();
        assert_eq!(texts(lines).await, ["four with a needle"]);
        let none = query(&[Component::Redis], None, false);
        let lines = logs(&talk.cluster, "shop", &none).await.unwrap();
        assert!(texts(lines).await.is_empty(), "its log is gone");
    }

    #[tokio::test]
    async fn only_lines_that_are_young_enough_and_fit() {
        let talk = talk();
        let since = OffsetDateTime::from_unix_timestamp(1_795_402_803).unwrap();
        let found = containing(&talk.cluster, "shop", Component::Backend, since, "e").await;
        assert_eq!(found.unwrap(), ["three", "four with a needle"]);
    }

    #[tokio::test]
    async fn following_begins_with_the_past_and_repeats_nothing() {
        let talk = talk();
        let followed = query(&[Component::Backend], None, true);
        let lines = logs(&talk.cluster, "shop", &followed).await.unwrap();
        let mut texts = lines.map_ok(|line| line.text).boxed();
        for text in ["one", "two", "three", "four with a needle"] {
            assert_eq!(texts.try_next().await.unwrap().as_deref(), Some(text));
        }
        // The same log is read once more to be followed: all of it was seen.
        let more = tokio::time::timeout(std::time::Duration::from_millis(300), texts.next()).await;
        assert!(more.is_err(), "{more:?}");
        let read = talk.asked("GET /api/v1/namespaces/shop/pods/backend-2/log");
        assert!(read.len() >= 2, "{read:?}");
    }

    #[tokio::test]
    async fn nothing_runs() {
        let list = json!({ "kind": "List", "metadata": {}, "items": [] });
        let talk = Conversation::with(vec![(
            "GET /api/v1/namespaces/shop/pods",
            Answer::Object(list),
        )]);
        let nothing = logs(&talk.cluster, "shop", &query(&Component::ALL, None, false)).await;
        assert_eq!(
            nothing.err().unwrap().to_string(),
            "no shop is running in `namespace shop of cluster test`"
        );
    }
}
