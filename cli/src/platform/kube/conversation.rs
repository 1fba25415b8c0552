//! A Kubernetes API that says what a test wants it to say.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{Method, Request, Response};
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tower::ServiceBuilder;
use tower_test::mock::{self, SendResponse};

use super::cluster::Cluster;
use super::connection::{Resending, Silence};

/// What is answered to requests whose method and path begin like this; the first one that fits counts.
type Answers = Vec<(&'static str, Answer)>;

/// One answer.
#[derive(Debug, Clone)]
pub enum Answer {
    /// An object or a list of objects.
    Object(Value),
    /// An object or a list, for the first who asks; then the next answer that fits counts.
    Once(Value),
    /// It is done, but the first who asks never hears of it; then the next answer that fits counts.
    Lost,
    /// A refusal for the first who asks; then the next answer that fits counts.
    RefusedOnce(Value),
    /// A list, and what a watch of it tells.
    Changes(Value),
    /// A list of these; a watch of it tells nothing by itself.
    Listed(Value),
    /// Plain text.
    Text(&'static str),
    /// A refusal: a `Status` with its code.
    Refused(Value),
    /// There is no such thing.
    NotFound,
    /// It is forbidden, in these words.
    Forbidden(&'static str),
}

/// Watches that have told everything and stay open, with their paths.
type Open = Arc<Mutex<Vec<(String, SendResponse<Response<Body>>)>>>;

/// Methods and paths of requests, and their queries.
type Asked = Arc<Mutex<Vec<(String, String)>>>;

/// What was sent with requests, by their methods, paths and queries.
type Sent = Arc<Mutex<Vec<(String, Value)>>>;

/// A conversation with the API.
pub struct Conversation {
    /// The cluster that speaks.
    pub cluster: Cluster,
    asked: Asked,
    sent: Sent,
    open: Open,
    is_away: Arc<AtomicBool>,
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
        let asked = Asked::default();
        let sent = Sent::default();
        let (open, is_away) = (Open::default(), Arc::new(AtomicBool::new(false)));
        let speaker = Speaker {
            answers,
            asked: asked.clone(),
            sent: sent.clone(),
            open: open.clone(),
            is_away: is_away.clone(),
        };
        let speaker = tokio::spawn(speaker.speak(handle));
        let silence = Silence::default();
        let service = ServiceBuilder::new()
            .retry(Resending::heard_by(&silence))
            .service(service);
        let cluster = Cluster {
            client: Client::new(service, "default"),
            silence,
            name: "test".to_owned(),
            kubeconfig: PathBuf::from("/kubeconfig"),
            way: "--kubeconfig /kubeconfig".to_owned(),
            server: "https://10.0.0.1:6443".to_owned(),
            version: "v1.36.3".to_owned(),
        };
        Self {
            cluster,
            asked,
            sent,
            open,
            is_away,
            speaker,
        }
    }

    /// From now on nobody answers, and nobody watches any more.
    pub fn leave(&self) {
        self.is_away.store(true, Ordering::Relaxed);
        self.open.lock().unwrap().clear();
    }

    /// From now on it answers again.
    pub fn come_back(&self) {
        self.is_away.store(false, Ordering::Relaxed);
    }

    /// Tells whoever watches that path that this object has been changed.
    pub async fn change(&self, path: &str, object: &Value) {
        self.tell(path, "MODIFIED", object).await;
    }

    /// Tells whoever watches that path that this object is gone.
    pub async fn remove(&self, path: &str, object: &Value) {
        self.tell(path, "DELETED", object).await;
    }

    async fn tell(&self, path: &str, what: &str, object: &Value) {
        let event = json!({ "type": what, "object": object }).to_string() + "\n";
        loop {
            if let Some(reply) = self.take_watch(path) {
                reply.send_response(Response::new(Body::from(event.into_bytes())));
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn take_watch(&self, path: &str) -> Option<SendResponse<Response<Body>>> {
        let mut open = self.open.lock().unwrap();
        let place = open.iter().position(|(watched, _)| watched == path)?;
        Some(open.remove(place).1)
    }

    /// Methods and paths of all requests that begin like this.
    pub fn asked(&self, beginning: &str) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        let requests = asked.iter().map(|(request, _)| request);
        let fitting = requests.filter(|request| request.starts_with(beginning));
        fitting.cloned().collect()
    }

    /// What was asked of this method and path, as it stands in the addresses.
    pub fn queries(&self, request: &str) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        let fitting = asked.iter().filter(|(asked, _)| asked == request);
        fitting.map(|(_, query)| query.clone()).collect()
    }

    /// Methods, paths and queries of all requests with which something was sent.
    pub fn addressed(&self) -> Vec<String> {
        let sent = self.sent.lock().unwrap();
        sent.iter().map(|(request, _)| request.clone()).collect()
    }

    /// What was sent with all requests that begin like this.
    pub fn sent(&self, beginning: &str) -> Vec<Value> {
        let sent = self.sent.lock().unwrap();
        let fitting = sent
            .iter()
            .filter(|(request, _)| request.starts_with(beginning));
        fitting.map(|(_, body)| body.clone()).collect()
    }
}

struct Speaker {
    answers: Answers,
    asked: Asked,
    sent: Sent,
    open: Open,
    is_away: Arc<AtomicBool>,
}

impl Speaker {
    async fn speak(mut self, mut handle: mock::Handle<Request<Body>, Response<Body>>) {
        let mut watched = BTreeSet::new();
        while let Some((request, reply)) = handle.next_request().await {
            if self.is_away.load(Ordering::Relaxed) {
                reply.send_error(io::Error::new(
                    io::ErrorKind::ConnectionRefused,
                    "connection refused",
                ));
                continue;
            }
            let (parts, body) = request.into_parts();
            let path = without_name(parts.uri.path());
            let asked_for = format!("{} {path}", parts.method);
            let query = parts.uri.query();
            let asked = (asked_for.clone(), query.unwrap_or_default().to_owned());
            self.asked.lock().unwrap().push(asked);
            let is_watch = query.is_some_and(|query| query.contains("watch=true"));
            let answer = self.answer(&asked_for);
            let is_quiet = matches!(answer, Some(Answer::Listed(_)));
            if is_watch && (is_quiet || !watched.insert(path.clone())) {
                self.open.lock().unwrap().push((path, reply));
                continue;
            }
            let sent = body.collect_bytes().await.unwrap();
            if let Ok(value) = serde_json::from_slice(&sent) {
                let query = query.unwrap_or_default();
                let request = format!("{asked_for}?{query}");
                self.sent.lock().unwrap().push((request, value));
            }
            match answer {
                Some(answer) => say(&answer, is_watch, reply),
                None if [Method::PATCH, Method::PUT].contains(&parts.method) => {
                    reply.send_response(Response::new(Body::from(sent.to_vec())));
                }
                None if parts.method == Method::DELETE => send(reply, &json!({ "kind": "Status" })),
                None => say(&Answer::NotFound, is_watch, reply),
            }
        }
    }

    fn answer(&mut self, asked_for: &str) -> Option<Answer> {
        let mut answers = self.answers.iter();
        let place = answers.position(|(beginning, _)| asked_for.starts_with(beginning))?;
        if matches!(
            self.answers[place].1,
            Answer::Once(_) | Answer::Lost | Answer::RefusedOnce(_)
        ) {
            return Some(self.answers.remove(place).1);
        }
        Some(self.answers[place].1.clone())
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
        (Answer::Object(object) | Answer::Once(object), _) => send(reply, object),
        (Answer::Changes(_), false) => send(reply, &list(&json!([]))),
        (Answer::Listed(objects), _) => send(reply, &list(objects)),
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
        (Answer::Lost, _) => reply.send_error(io::Error::other("connection reset")),
        (Answer::Refused(status) | Answer::RefusedOnce(status), _) => refuse(reply, status),
        (Answer::NotFound, _) => refuse(reply, &failure(404, "NotFound", "not found")),
        (Answer::Forbidden(words), _) => refuse(reply, &failure(403, "Forbidden", words)),
    }
}

fn failure(code: u16, reason: &str, words: &str) -> Value {
    json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": words, "reason": reason, "code": code,
    })
}

fn refuse(reply: SendResponse<Response<Body>>, status: &Value) {
    let code = u16::try_from(status["code"].as_u64().unwrap()).unwrap();
    let body = Body::from(status.to_string().into_bytes());
    reply.send_response(Response::builder().status(code).body(body).unwrap());
}

fn list(objects: &Value) -> Value {
    json!({ "kind": "List", "metadata": { "resourceVersion": "1" }, "items": objects })
}

fn send(reply: SendResponse<Response<Body>>, object: &Value) {
    reply.send_response(Response::new(Body::from(object.to_string().into_bytes())));
}
