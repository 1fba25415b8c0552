//! A registry for tests that answers as it was told, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;

use super::destination::Destination;

/// One answer: to which request, with which status, with which body.
pub type Line = (&'static str, u16, String);

/// What is going to be said, and what was.
#[derive(Debug, Clone, Default)]
pub struct Conversation {
    script: Arc<Mutex<VecDeque<Line>>>,
    heard: Arc<Mutex<Vec<String>>>,
    wants_token: bool,
}

impl Conversation {
    /// A registry that is going to give these answers, each once, to the first request that begins so.
    pub async fn begin(script: Vec<Line>) -> (Self, Destination) {
        Self::with_door(script, false).await
    }

    /// The same with a token that is asked for at `/token`, which the script answers as well.
    pub async fn behind_a_login(script: Vec<Line>) -> (Self, Destination) {
        Self::with_door(script, true).await
    }

    async fn with_door(script: Vec<Line>, wants_token: bool) -> (Self, Destination) {
        let conversation = Self {
            script: Arc::new(Mutex::new(script.into())),
            heard: Arc::default(),
            wants_token,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answering = conversation.clone();
        let router = Router::new().fallback(move |request: Request| {
            let answer = answering.answer(&request);
            async move { answer }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        let destination = Destination::parse(&format!("{address}/shop")).unwrap();
        (conversation, destination.over_plain_http(true))
    }

    /// The requests, without those at the door.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    /// The door is open, or says where the token is; what is not in the script is not there.
    fn answer(&self, request: &Request) -> Response {
        let uri = request.uri();
        if uri.path() == "/v2/" {
            return self.door(request.headers());
        }
        let asked = format!("{} {}", request.method(), uri.path());
        self.heard.lock().unwrap().push(asked.clone());
        let mut script = self.script.lock().unwrap();
        let place = script
            .iter()
            .position(|(request, ..)| asked.starts_with(request));
        let Some((_, status, body)) = place.and_then(|place| script.remove(place)) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let mut headers = HeaderMap::new();
        headers.insert("Location", "/v2/there".parse().unwrap());
        headers.insert("Content-Type", "application/json".parse().unwrap());
        (StatusCode::from_u16(status).unwrap(), headers, body).into_response()
    }

    fn door(&self, asked: &HeaderMap) -> Response {
        if !self.wants_token {
            return StatusCode::OK.into_response();
        }
        let host = asked["Host"].to_str().unwrap();
        let challenge = format!(r#"Bearer realm="http://{host}/token",service="test""#);
        let headers = [("WWW-Authenticate", challenge)];
        (StatusCode::UNAUTHORIZED, headers).into_response()
    }
}
