//! Logs that are read of a cluster that answers in this or that way.

use futures_util::{StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::logs::{containing, logs};
use crate::plan::Component;
use crate::platform::kube::conversation::{Answer, Conversation};
use crate::platform::{LogQuery, LogStream};

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

/// The log of one of two pods is on a node that is away.
fn half() -> Conversation {
    let pods = json!([
        pod("backend-1", "backend", &json!({})),
        pod("backend-2", "backend", &json!({})),
    ]);
    let away = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": "no route to host", "reason": "InternalError", "code": 500,
    });
    Conversation::with(vec![
        (
            "GET /api/v1/namespaces/shop/pods/backend-1/log",
            Answer::Refused(away),
        ),
        (
            "GET /api/v1/namespaces/shop/pods/backend-2/log",
            Answer::Text(SECOND),
        ),
        ("GET /api/v1/namespaces/shop/pods", Answer::Listed(pods)),
    ])
}

#[tokio::test]
async fn a_log_that_cannot_be_read_hides_no_other() {
    let talk = half();
    for (tail, follow) in [
        (None, false),
        (Some(5), false),
        (None, true),
        (Some(5), true),
    ] {
        let half = query(&[Component::Backend], tail, follow);
        let lines = logs(&talk.cluster, "shop", &half).await.unwrap();
        let lines: Vec<_> = lines.take(3).collect().await;
        let error = lines[0].as_ref().unwrap_err().to_string();
        let named = "cannot read the log of container `backend` of pod `backend-1`";
        assert!(error.starts_with(named), "{error}");
        let texts = lines[1..].iter().map(|line| line.as_ref().unwrap());
        let texts: Vec<_> = texts.map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["two", "four with a needle"]);
    }
    let found = |needle| containing(&talk.cluster, "shop", Component::Backend, 60, needle);
    assert_eq!(found("needle").await.unwrap(), ["four with a needle"]);
    assert!(found("thread").await.is_err(), "it may be in the other log");
}

#[tokio::test]
async fn only_lines_that_are_young_enough_and_fit() {
    let talk = talk();
    let found = containing(&talk.cluster, "shop", Component::Backend, 60, "ee").await;
    assert_eq!(found.unwrap(), ["three", "four with a needle"]);
    let log = "GET /api/v1/namespaces/shop/pods/backend-2/log";
    let query = talk.queries(log).remove(0);
    // The clock of the operator's machine, which may be wrong, has no say.
    assert!(query.contains("sinceSeconds=60"), "{query}");
    assert!(!query.contains("sinceTime"), "{query}");
    let all = LogQuery {
        since: OffsetDateTime::from_unix_timestamp(1_795_402_803).ok(),
        ..self::query(&[Component::Backend], None, false)
    };
    let young = logs(&talk.cluster, "shop", &all).await.unwrap();
    assert_eq!(texts(young).await, ["three", "four with a needle"]);
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
async fn a_run_that_was_over_before_it_was_seen_is_read_once() {
    let pods = json!([pod("backend-2", "backend", &json!({}))]);
    let log = "GET /api/v1/namespaces/shop/pods/backend-2/log";
    let path = "/api/v1/namespaces/shop/pods";
    let talk = Conversation::with(vec![
        (log, Answer::Text(SECOND)),
        ("GET /api/v1/namespaces/shop/pods/", Answer::NotFound),
        ("GET /api/v1/namespaces/shop/pods", Answer::Listed(pods)),
    ]);
    let followed = query(&[Component::Backend], None, true);
    let lines = logs(&talk.cluster, "shop", &followed).await.unwrap();
    let mut texts = lines.map_ok(|line| line.text).boxed();
    for text in ["two", "four with a needle"] {
        assert_eq!(texts.try_next().await.unwrap().as_deref(), Some(text));
    }
    // It has been restarted and has ended again since somebody looked.
    let ended = json!({ "terminated": { "exitCode": 1 } });
    let mut crashed = pod("backend-2", "backend", &ended);
    crashed["status"]["containerStatuses"][0]["state"] =
        json!({ "waiting": { "reason": "CrashLoopBackOff" } });
    crashed["status"]["containerStatuses"][0]["restartCount"] = json!(1);
    crashed["metadata"]["resourceVersion"] = json!("2");
    talk.change(path, &crashed).await;
    for text in ["two", "four with a needle"] {
        assert_eq!(texts.try_next().await.unwrap().as_deref(), Some(text));
    }
    let previous = |query: &&String| query.contains("previous=true");
    let queries = talk.queries(log);
    assert_eq!(queries.iter().filter(previous).count(), 1, "{queries:?}");
}

#[tokio::test(start_paused = true)]
async fn who_may_not_watch_is_told_so() {
    let pods = json!([pod("backend-2", "backend", &json!({}))]);
    let list = json!({ "kind": "List", "metadata": { "resourceVersion": "1" }, "items": pods });
    let talk = Conversation::with(vec![
        (
            "GET /api/v1/namespaces/shop/pods/backend-2/log",
            Answer::Text(SECOND),
        ),
        ("GET /api/v1/namespaces/shop/pods/", Answer::NotFound),
        ("GET /api/v1/namespaces/shop/pods", Answer::Once(list)),
        (
            "GET /api/v1/namespaces/shop/pods",
            Answer::Forbidden("pods is forbidden: cannot watch"),
        ),
    ]);
    let followed = query(&[Component::Backend], None, true);
    let lines = logs(&talk.cluster, "shop", &followed).await.unwrap();
    let mut lines: Vec<_> = lines.collect().await;
    assert_eq!(
        lines.pop().unwrap().unwrap_err().to_string(),
        "cannot watch the pods of namespace `shop`: pods is forbidden: cannot watch"
    );
    assert_eq!(lines.len(), 2);
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
