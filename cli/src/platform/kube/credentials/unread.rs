//! Secrets that are made again while somebody runs who has read them before, and those that somebody else has written.

use std::fs;

use k8s_openapi::ByteString;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::conversations::{
    ELSEWHERE, address, elsewhere, make_in, secret, values, with_workloads,
};
use super::{foresee, make, missing};
use crate::config::kubernetes::{Sections, resolve};
use crate::failure::Failure as _;
use crate::platform::kube::conversation::{Answer, Conversation};
use crate::platform::{Error, Event, Events};

const CREDENTIALS: &str = "GET /api/v1/namespaces/shop/secrets/postgres-credentials";
const REDIS: &str = "GET /api/v1/namespaces/shop/secrets/redis-credentials";
const TOKENS: &str = "GET /api/v1/namespaces/shop/secrets/backend-tokens";

const RESTARTS: [&str; 2] = [
    "PATCH /apis/apps/v1/namespaces/shop/statefulsets/redis",
    "PATCH /apis/apps/v1/namespaces/shop/deployments/backend",
];

/// A shop that runs, with these answers for the Secrets of Redis and of synthetic customers.
fn running(redis: Answer, tokens: Answer) -> Conversation {
    let database = Answer::Object(secret(&[
        "postgres-password",
        "shopmicro-password",
        "backend-password",
        "ml-service-password",
        "migrate-url",
        "backend-url",
        "ml-service-url",
    ]));
    let answers = vec![(CREDENTIALS, database), (REDIS, redis), (TOKENS, tokens)];
    let (mut talk, sets) = (
        answers,
        [
            ("postgres", "postgres-credentials"),
            ("redis", "redis-credentials"),
        ],
    );
    talk.push((
        "GET /api/v1/namespaces/shop/persistentvolumeclaims/data-postgres-0",
        Answer::Object(json!({ "metadata": { "name": "data-postgres-0" } })),
    ));
    // Who else reads the token is called otherwise, so that it can be told apart.
    let deployments = [
        ("backend", "redis-credentials"),
        ("other", "backend-tokens"),
        ("ml-service-deployment", "postgres-credentials"),
    ];
    with_workloads(talk, &sets, &deployments)
}

fn of_redis(configuration: &str) -> Value {
    json!({
        "metadata": { "name": "redis-credentials" },
        "data": { "redis.conf": ByteString(configuration.as_bytes().to_vec()) },
    })
}

fn tokens() -> Answer {
    Answer::Object(secret(&["synthetic-token"]))
}

#[tokio::test]
async fn a_password_of_redis_that_was_lost_starts_redis_and_its_clients_anew() {
    let talk = running(Answer::NotFound, tokens());
    let settings = resolve(Sections::default()).unwrap();
    let (sender, mut told) = mpsc::unbounded_channel();
    let events = Events::new(sender);
    make(&talk.cluster, "shop", &settings, false, &events)
        .await
        .unwrap();
    // The mark is there before anybody starts anew, and goes when all have.
    let own = "PATCH /api/v1/namespaces/shop/secrets/redis-credentials";
    assert_eq!(talk.asked("PATCH"), [own, RESTARTS[0], RESTARTS[1], own]);
    let sent = talk.sent(own);
    let mark = |sent: &Value| sent["metadata"]["annotations"]["shopmicro.dev/unread"].clone();
    assert_eq!(
        (mark(&sent[0]), mark(&sent[1])),
        (json!("true"), Value::Null)
    );
    assert!(
        sent[1]["metadata"]["annotations"]
            .as_object()
            .unwrap()
            .contains_key("shopmicro.dev/unread")
    );
    let Event::Note(note) = told.recv().await.unwrap() else {
        panic!("no note");
    };
    assert!(
        note.contains("statefulset/redis, deployment/backend start anew") && note.contains("carts"),
        "{note}"
    );
}

#[tokio::test]
async fn a_token_that_was_lost_starts_only_its_reader_anew() {
    let redis = Answer::Object(secret(&["redis.conf", "url"]));
    let talk = running(redis, Answer::NotFound);
    let settings = resolve(Sections::default()).unwrap();
    make_in(&talk, &settings).await.unwrap();
    let restarted = talk.asked("PATCH /apis/apps");
    assert_eq!(
        restarted,
        ["PATCH /apis/apps/v1/namespaces/shop/deployments/other"]
    );
}

#[tokio::test]
async fn who_was_not_told_before_a_run_was_killed_is_told_by_the_next_one() {
    let mut redis = secret(&["redis.conf", "url"]);
    redis["metadata"]["annotations"] = json!({ "shopmicro.dev/unread": "true" });
    let talk = running(Answer::Object(redis), tokens());
    let settings = resolve(Sections::default()).unwrap();
    let missing = missing(&talk.cluster, "shop", &settings).await.unwrap();
    assert_eq!(missing[0].name, "redis-credentials");
    assert!(missing[0].is_unread && missing[0].keys.is_empty());
    make_in(&talk, &settings).await.unwrap();
    assert_eq!(talk.asked("PATCH /apis/apps"), RESTARTS);
    // What it says stays.
    let sent = talk.sent("PATCH /api/v1");
    assert!(sent.len() == 1 && sent[0].get("data").is_none(), "{sent:?}");
}

#[tokio::test]
async fn the_password_of_redis_is_found_wherever_its_configuration_names_it() {
    let words =
        "# by hand\nmaxclients 100\n  requirepass \"first\"\nRequirePass se/cond\ntimeout 0\n";
    let talk = running(Answer::Object(of_redis(words)), tokens());
    make_in(&talk, &resolve(Sections::default()).unwrap())
        .await
        .unwrap();
    let written = values(&talk.sent("PATCH"), "redis-credentials");
    assert_eq!(written["url"], "redis://:se%2Fcond@redis:6379/0");
    assert_eq!(written["redis.conf"], words);
    // Nobody knows another password than before.
    assert!(talk.asked("PATCH /apis/apps").is_empty());
}

#[tokio::test]
async fn an_address_of_redis_is_enough_to_know_its_password_by() {
    let url = ByteString(b"redis://:se%2Fcond@redis:6379/0".to_vec());
    let redis = json!({ "metadata": { "name": "redis-credentials" }, "data": { "url": url } });
    let talk = running(Answer::Object(redis), tokens());
    make_in(&talk, &resolve(Sections::default()).unwrap())
        .await
        .unwrap();
    let written = values(&talk.sent("PATCH"), "redis-credentials");
    assert_eq!(written["redis.conf"], "requirepass se/cond\n");
}

#[tokio::test]
async fn a_configuration_of_redis_without_a_password_is_refused_before_anything_is_changed() {
    let talk = running(Answer::Object(of_redis("maxclients 100\n")), tokens());
    let settings = resolve(Sections::default()).unwrap();
    let (made, refused) = foresee(&talk.cluster, "shop", &settings, false)
        .await
        .unwrap();
    assert!(made.is_empty() && refused.len() == 1, "{refused:?}");
    let said = refused[0].to_string();
    assert!(said.contains("requirepass"), "{said}");
    assert_eq!(refused[0].exit() as u8, 4);
    assert!(make_in(&talk, &settings).await.is_err());
    assert!(talk.asked("PATCH").is_empty());
}

/// What the API server says where somebody has edited the address.
fn edited() -> Answer {
    Answer::Refused(json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": 409,
        "reason": "Conflict", "message": "Apply failed with 1 conflict: conflict with \"kubectl-edit\" using v1: .data.backend-url",
        "details": { "causes": [{
            "reason": "FieldManagerConflict", "message": "conflict with \"kubectl-edit\" using v1",
            "field": ".data.backend-url",
        }] },
    }))
}

#[tokio::test]
async fn an_address_that_somebody_has_edited_is_a_conflict_that_is_foreseen() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("url");
    fs::write(&file, "postgres://shop:hidden@db.example.com/shop").unwrap();
    let settings = elsewhere(&file);
    let own = "PATCH /api/v1/namespaces/shop/secrets/postgres-external";
    let answers = vec![
        (ELSEWHERE, address("postgres://shop:seen@db/shop")),
        (own, edited()),
    ];
    let talk = with_workloads(answers, &[], &[]);
    let (_, refused) = foresee(&talk.cluster, "shop", &settings, false)
        .await
        .unwrap();
    assert!(
        talk.addressed()
            .iter()
            .all(|request| request.contains("dryRun=All"))
    );
    let refused = refused.into_iter().next().unwrap();
    for error in [refused, make_in(&talk, &settings).await.unwrap_err()] {
        assert!(matches!(error, Error::Conflict { .. }), "{error}");
        assert_eq!(
            error.to_string(),
            "secret/postgres-external is not applied: data.backend-url was set by `kubectl-edit`"
        );
        assert_eq!(error.exit() as u8, 4);
        assert!(error.hint().unwrap().contains("--force-conflicts"));
    }
}

#[tokio::test]
async fn an_address_that_somebody_has_edited_can_be_taken_over() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("url");
    fs::write(&file, "postgres://shop:new@db.example.com/shop").unwrap();
    let settings = elsewhere(&file);
    let talk = with_workloads(vec![(ELSEWHERE, Answer::NotFound)], &[], &[]);
    foresee(&talk.cluster, "shop", &settings, true)
        .await
        .unwrap();
    make(&talk.cluster, "shop", &settings, true, &Events::unheard())
        .await
        .unwrap();
    let addressed = talk.addressed();
    assert!(
        !addressed.is_empty()
            && addressed
                .iter()
                .all(|request| request.contains("force=true")),
        "{addressed:?}"
    );
}
