//! What is asked of a cluster for its Secrets, and what is sent.

use std::collections::BTreeMap;
use std::fs;

use k8s_openapi::ByteString;
use serde_json::{Value, json};

use super::{make, missing};
use crate::config::kubernetes::Kubernetes;
use crate::config::kubernetes::{Sections, resolve};
use crate::platform::kube::conversation::{Answer, Conversation};
use crate::platform::{Error, Events};

const SECRET: &str = "GET /api/v1/namespaces/shop/secrets/postgres-credentials";
const CLAIM: &str = "GET /api/v1/namespaces/shop/persistentvolumeclaims/data-postgres-0";

pub fn secret(keys: &[&str]) -> Value {
    let data = keys
        .iter()
        .map(|key| (*key, ByteString(key.as_bytes().to_vec())));
    json!({ "metadata": { "name": "s" }, "data": data.collect::<BTreeMap<_, _>>() })
}

fn claim() -> Answer {
    Answer::Object(json!({ "metadata": { "name": "data-postgres-0" } }))
}

/// A namespace with these `StatefulSets` and Deployments, each with the Secret that it mounts.
pub fn with_workloads(
    mut answers: Vec<(&'static str, Answer)>,
    sets: &[(&str, &str)],
    deployments: &[(&str, &str)],
) -> Conversation {
    let workload = |(name, secret): &(&str, &str)| {
        let volumes = json!([{ "name": "v", "secret": { "secretName": secret } }]);
        let template = json!({ "spec": { "containers": [], "volumes": volumes } });
        json!({ "metadata": { "name": name }, "spec": { "selector": {}, "template": template } })
    };
    let listed =
        |of: &[(&str, &str)]| Answer::Listed(of.iter().map(workload).collect::<Vec<_>>().into());
    answers.push((
        "GET /apis/apps/v1/namespaces/shop/statefulsets",
        listed(sets),
    ));
    answers.push((
        "GET /apis/apps/v1/namespaces/shop/deployments",
        listed(deployments),
    ));
    answers.push((
        "PATCH /api/v1/namespaces/shop/secrets/",
        Answer::Object(json!({ "metadata": { "name": "s" } })),
    ));
    Conversation::with(answers)
}

/// Makes what is missing where no shop runs yet, and what was sent to do it.
async fn made(answers: Vec<(&'static str, Answer)>) -> (Result<(), Error>, Vec<Value>) {
    let talk = with_workloads(answers, &[], &[]);
    let settings = resolve(Sections::default()).unwrap();
    let made = make_in(&talk, &settings).await;
    (made, talk.sent("PATCH"))
}

pub async fn make_in(talk: &Conversation, settings: &Kubernetes) -> Result<(), Error> {
    make(&talk.cluster, "shop", settings, false, &Events::unheard()).await
}

/// The values of one Secret that was sent.
pub fn values(sent: &[Value], name: &str) -> BTreeMap<String, String> {
    let secret = sent
        .iter()
        .find(|secret| secret["metadata"]["name"] == name);
    let data: BTreeMap<String, ByteString> =
        serde_json::from_value(secret.unwrap()["data"].clone()).unwrap();
    data.into_iter()
        .map(|(key, value)| (key, String::from_utf8(value.0).unwrap()))
        .collect()
}

#[tokio::test]
async fn every_installation_gets_passwords_of_its_own() {
    let (one, other) = (made(vec![]).await, made(vec![]).await);
    assert!(one.0.is_ok() && one.1.len() == 3);
    let [one, other] = [one, other].map(|(_, sent)| values(&sent, "postgres-credentials"));
    for key in [
        "postgres-password",
        "shopmicro-password",
        "backend-password",
    ] {
        assert!(one[key].len() >= 16 && one[key] != other[key], "{key}");
    }
    let url = format!(
        "postgres://backend:{}@postgres:5432/shopmicro",
        one["backend-password"]
    );
    assert_eq!(one["backend-url"], url);
}

#[tokio::test]
async fn a_volume_never_meets_new_passwords() {
    let one_is_gone = secret(&[
        "shopmicro-password",
        "backend-password",
        "ml-service-password",
    ]);
    for left in [Answer::NotFound, Answer::Object(one_is_gone)] {
        let (made, sent) = made(vec![(SECRET, left), (CLAIM, claim())]).await;
        let error = made.unwrap_err().to_string();
        assert!(error.contains("holds a database"), "{error}");
        assert!(sent.is_empty(), "{sent:?}");
    }
}

#[tokio::test]
async fn an_address_is_made_again_from_the_password_that_is_known() {
    let passwords = [
        "postgres-password",
        "shopmicro-password",
        "backend-password",
        "ml-service-password",
    ];
    let known = Answer::Object(secret(&passwords));
    let (made, sent) = made(vec![(SECRET, known), (CLAIM, claim())]).await;
    made.unwrap();
    let values = values(&sent, "postgres-credentials");
    assert_eq!(
        values["migrate-url"],
        "postgres://shopmicro:shopmicro-password@postgres:5432/shopmicro"
    );
    assert!(passwords.iter().all(|key| values[*key] == *key));
}

/// A shop whose database is elsewhere, at the address in that file.
pub fn elsewhere(file: &std::path::Path) -> Kubernetes {
    let text = format!(
        "{{external: {{url_file: {}, cidrs: [10.0.0.0/8]}}}}",
        file.display()
    );
    let sections = Sections {
        postgres: serde_yaml::from_str(&text).unwrap(),
        ..Sections::default()
    };
    resolve(sections).unwrap()
}

pub const ELSEWHERE: &str = "GET /api/v1/namespaces/shop/secrets/postgres-external";

pub fn address(url: &str) -> Answer {
    let data = ["backend-url", "migrate-url", "ml-service-url"]
        .map(|key| (key, ByteString(url.as_bytes().to_vec())));
    Answer::Object(json!({ "metadata": { "name": "s" }, "data": BTreeMap::from(data) }))
}

#[tokio::test]
async fn a_database_that_moves_elsewhere_gets_a_secret_of_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("url");
    fs::write(&file, "postgres://shop:new@db.example.com/shop\n").unwrap();
    let settings = elsewhere(&file);
    let bundled = [("backend", "postgres-credentials")];
    let talk = with_workloads(vec![(ELSEWHERE, Answer::NotFound)], &[], &bundled);
    make_in(&talk, &settings).await.unwrap();
    let sent = talk.sent("PATCH");
    let values = values(&sent, "postgres-external");
    assert_eq!(
        values["backend-url"],
        "postgres://shop:new@db.example.com/shop"
    );
    // The passwords of the database that was left stay with its data.
    assert!(
        sent.iter()
            .all(|secret| secret["metadata"]["name"] != "postgres-credentials")
    );
    assert!(talk.asked("PATCH /apis/apps").is_empty());
}

#[tokio::test]
async fn an_address_that_has_changed_is_written_and_read_again() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("url");
    fs::write(&file, "postgres://shop:new@db.example.com/shop").unwrap();
    let settings = elsewhere(&file);
    let old = address("postgres://shop:old@db.example.com/shop");
    let readers = ["backend", "ml-service-deployment"].map(|name| (name, "postgres-external"));
    let talk = with_workloads(vec![(ELSEWHERE, old)], &[], &readers);
    make_in(&talk, &settings).await.unwrap();
    assert_eq!(
        values(&talk.sent("PATCH"), "postgres-external")["migrate-url"],
        "postgres://shop:new@db.example.com/shop"
    );
    assert_eq!(
        talk.asked("PATCH /apis/apps"),
        [
            "PATCH /apis/apps/v1/namespaces/shop/deployments/backend",
            "PATCH /apis/apps/v1/namespaces/shop/deployments/ml-service-deployment",
        ]
    );
}

#[tokio::test]
async fn who_does_not_have_the_file_leaves_the_address_alone() {
    let settings = elsewhere("/nowhere/url".as_ref());
    let there = Conversation::with(vec![(ELSEWHERE, address("postgres://shop:old@db/shop"))]);
    let missing_there = missing(&there.cluster, "shop", &settings).await.unwrap();
    assert!(
        missing_there
            .iter()
            .all(|missing| missing.name != "postgres-external")
    );
    let nowhere = Conversation::with(vec![]);
    let error = missing(&nowhere.cluster, "shop", &settings)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("/nowhere/url"), "{error}");
}

#[tokio::test]
async fn a_file_without_an_address_is_refused_before_anything_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("url");
    fs::write(&file, "postgres://shop:hidden@db/shop?sslmode=strict\n").unwrap();
    let settings = elsewhere(&file);
    let talk = Conversation::with(vec![(ELSEWHERE, Answer::NotFound)]);
    let error = make_in(&talk, &settings).await.unwrap_err();
    let said = error.to_string();
    assert!(said.contains("url is not the address"), "{said}");
    assert!(
        said.contains("sslmode") && !said.contains("hidden"),
        "{said}"
    );
}
