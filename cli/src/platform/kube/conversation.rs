//! A Kubernetes API that says what a test wants it to say.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use http::{Method, Request, Response};
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tower_test::mock::{self, SendResponse};

use super::cluster::Cluster;

/// What is answered to requests whose method and path begin like this; the first one that fits counts.
type Answers = Vec<(&'static str, Answer)>;

/// One answer.
#[derive(Debug, Clone)]
pub enum Answer {
    /// An object or a list of objects.
    Object(Value),
    /// A list, and what a watch of it tells.
    Changes(Value),
    /// Plain text.
    Text(&'static str),
    /// There is no such thing.
    NotFound,
}

/// A conversation with the API.
pub struct Conversation {
    /// The cluster that speaks.
    pub cluster: Cluster,
    asked: Arc<Mutex<Vec<String>>>,
    speaker: JoinHandle<()>,
}

impl Drop for Conversation {
    fn drop(&mut self) {
        self.speaker.abort();
    }
}

impl Conversation {
    /// A cluster that answers like this. What is applied is accepted as it is.
    pub fn with(answers: Answers) -> Self {
        let (service, handle) = mock::pair::<Request<Body>, Response<Body>>();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let speaker = tokio::spawn(speak(handle, answers, asked.clone()));
        let cluster = Cluster {
            client: Client::new(service, "default"),
            name: "test".to_owned(),
            kubeconfig: PathBuf::from("/kubeconfig"),
            way: "--kubeconfig /kubeconfig".to_owned(),
            server: "https://10.0.0.1:6443".to_owned(),
            version: "v1.36.3".to_owned(),
        };
        Self {
            cluster,
            asked,
            speaker,
        }
    }

    /// Methods and paths of all requests that begin like this.
    pub fn asked(&self, beginning: &str) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        let fitting = asked
            .iter()
            .filter(|request| request.starts_with(beginning));
        fitting.cloned().collect()
    }
}

async fn speak(
    mut handle: mock::Handle<Request<Body>, Response<Body>>,
    answers: Answers,
    asked: Arc<Mutex<Vec<String>>>,
) {
    let mut watched = BTreeSet::new();
    // A watch that has told everything stays open.
    let mut open = Vec::new();
    while let Some((request, reply)) = handle.next_request().await {
        let (parts, body) = request.into_parts();
        let path = without_name(parts.uri.path());
        let asked_for = format!("{} {path}", parts.method);
        asked.lock().unwrap().push(asked_for.clone());
        let is_watch = parts
            .uri
            .query()
            .is_some_and(|query| query.contains("watch=true"));
        if is_watch && !watched.insert(path) {
            open.push(reply);
            continue;
        }
        let answer = answers
            .iter()
            .find(|(beginning, _)| asked_for.starts_with(beginning));
        match answer.map(|(_, answer)| answer) {
            Some(answer) => say(answer, is_watch, reply),
            None if parts.method == Method::PATCH => {
                let applied = body.collect_bytes().await.unwrap();
                reply.send_response(Response::new(Body::from(applied.to_vec())));
            }
            None if parts.method == Method::DELETE => send(reply, &json!({ "kind": "Status" })),
            None => say(&Answer::NotFound, is_watch, reply),
        }
    }
}

/// The path without the random part of a scratch namespace.
fn without_name(path: &str) -> String {
    let parts = path.split('/');
    let parts: Vec<_> = parts
        .map(|part| {
            if part.starts_with("shopctl-verify-") {
                "SCRATCH"
            } else {
                part
            }
        })
        .collect();
    parts.join("/")
}

fn say(answer: &Answer, is_watch: bool, reply: SendResponse<Response<Body>>) {
    match (answer, is_watch) {
        (Answer::Object(object), _) => send(reply, object),
        (Answer::Changes(objects), false) => {
            let empty =
                json!({ "kind": "List", "metadata": { "resourceVersion": "1" }, "items": [] });
            let _ = objects;
            send(reply, &empty);
        }
        (Answer::Changes(objects), true) => {
            let events = objects.as_array().unwrap().iter();
            let events =
                events.map(|object| json!({ "type": "ADDED", "object": object }).to_string());
            let text = events.collect::<Vec<_>>().join("\n") + "\n";
            reply.send_response(Response::new(Body::from(text.into_bytes())));
        }
        (Answer::Text(text), _) => {
            reply.send_response(Response::new(Body::from(text.as_bytes().to_vec())));
        }
        (Answer::NotFound, _) => {
            let status = json!({
                "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                "message": "not found", "reason": "NotFound", "code": 404,
            });
            let body = Body::from(status.to_string().into_bytes());
            reply.send_response(Response::builder().status(404).body(body).unwrap());
        }
    }
}

fn send(reply: SendResponse<Response<Body>>, object: &Value) {
    reply.send_response(Response::new(Body::from(object.to_string().into_bytes())));
}
