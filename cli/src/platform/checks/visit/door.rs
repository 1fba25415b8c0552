//! Requests through the front door, as the public sends them.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Method, RequestBuilder};
use serde_json::Value;
use tokio::time::sleep;

use super::answer::Answer;
use crate::plan::Component;
use crate::platform::checks::trouble::Trouble;

/// No request may take longer than this.
const LIMIT: Duration = Duration::from_secs(4);

/// How often a request is sent again where the answer says when: a store that was late once refuses a moment's requests.
const RETRIES: usize = 2;

/// The host name of a shop that has been given no other.
const HOST_NAME: &str = "shopmicro.local";

/// The front door.
#[derive(Debug, Clone)]
pub struct Door {
    client: Client,
    address: String,
    resolve: Option<(String, SocketAddr)>,
}

impl Door {
    /// The front door at that address, whose host may be known here and not to any DNS.
    pub fn new(address: &str, resolve: Option<(String, SocketAddr)>) -> Self {
        Self::with(Client::builder(), address, resolve)
    }

    /// The same, with a connection of its own for every request: whoever serves behind one address is met by turns.
    pub fn by_turns(address: &str, resolve: Option<(String, SocketAddr)>) -> Self {
        let client = Client::builder().pool_max_idle_per_host(0);
        Self::with(client, address, resolve)
    }

    fn with(
        mut client: ClientBuilder,
        address: &str,
        resolve: Option<(String, SocketAddr)>,
    ) -> Self {
        if let Some((host, place)) = &resolve {
            client = client.resolve(host, *place);
        }
        let client = client
            .no_proxy()
            .redirect(Policy::none())
            .timeout(LIMIT)
            .user_agent(concat!("shopctl/", env!("CARGO_PKG_VERSION"), " verify"))
            .build()
            // Nothing of this can fail but reading the certificates, which a request tells again.
            .unwrap_or_default();
        Self {
            client,
            address: address.to_owned(),
            resolve,
        }
    }

    /// The host name that the shop is known by.
    pub fn host(&self) -> &str {
        self.resolve.as_ref().map_or(HOST_NAME, |(host, _)| host)
    }

    /// Where to connect to.
    pub fn place(&self) -> String {
        let known = self.resolve.as_ref();
        known.map_or_else(
            || self.authority().to_owned(),
            |(_, place)| place.to_string(),
        )
    }

    /// Host and port.
    pub fn authority(&self) -> &str {
        let address = self.address.trim_start_matches("https://");
        address.trim_start_matches("http://")
    }

    /// Whether it is to be spoken to over TLS.
    pub fn has_tls(&self) -> bool {
        self.address.starts_with("https://")
    }

    /// `GET`
    pub fn get(&self, path: &str) -> Request {
        self.request(Method::GET, path)
    }

    /// `POST`
    pub fn post(&self, path: &str) -> Request {
        self.request(Method::POST, path)
    }

    /// `PUT`
    pub fn put(&self, path: &str) -> Request {
        self.request(Method::PUT, path)
    }

    fn request(&self, method: Method, path: &str) -> Request {
        Request {
            label: format!("{method} {path}"),
            component: answering(path),
            builder: self
                .client
                .request(method, format!("{}{path}", self.address)),
        }
    }
}

/// Who answers requests for that path.
pub fn answering(path: &str) -> Component {
    if path.starts_with("/api") {
        Component::Backend
    } else {
        Component::Frontend
    }
}

/// A request that is being put together.
#[derive(Debug)]
pub struct Request {
    label: String,
    component: Component,
    builder: RequestBuilder,
}

impl Request {
    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    /// Asks for the shop under that host name.
    pub fn host(self, name: &str) -> Self {
        self.header(HOST.as_str(), name)
    }

    /// Shows an order's token.
    pub fn bearer(self, token: &str) -> Self {
        self.header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    /// Sends a JSON body.
    pub fn json(mut self, body: &Value) -> Self {
        self.builder = self.builder.json(body);
        self
    }

    /// Sends a body of that type as it is.
    pub fn body(mut self, content_type: &str, body: impl Into<reqwest::Body>) -> Self {
        self.builder = self.builder.header(CONTENT_TYPE, content_type).body(body);
        self
    }

    /// Sends the request and reads the answer to its end. An answer that asks to come again in a moment is obeyed.
    pub async fn send(mut self) -> Result<Answer, Trouble> {
        for _ in 0..RETRIES {
            let Some(again) = self.try_clone() else { break };
            let answer = self.send_once().await?;
            let Some(pause) = answer.retry_after() else {
                return Ok(answer);
            };
            sleep(pause).await;
            self = again;
        }
        self.send_once().await
    }

    /// None where the body cannot be sent twice.
    fn try_clone(&self) -> Option<Self> {
        Some(Self {
            label: self.label.clone(),
            component: self.component,
            builder: self.builder.try_clone()?,
        })
    }

    async fn send_once(self) -> Result<Answer, Trouble> {
        let Self {
            label,
            component,
            builder,
        } = self;
        let failed = |error: reqwest::Error| failure(&label, component, &error);
        let response = builder.send().await.map_err(failed)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.map_err(failed)?.to_vec();
        Ok(Answer {
            request: label,
            component,
            status,
            headers,
            body,
        })
    }
}

fn failure(label: &str, component: Component, error: &reqwest::Error) -> Trouble {
    if error.is_timeout() {
        let seconds = LIMIT.as_secs();
        return Trouble::of(
            component,
            format!("`{label}` was not answered within {seconds} s"),
        );
    }
    if error.is_connect() {
        return Trouble::new(
            format!("the front door does not let `{label}` in: {}", root(error)),
            "shopctl status",
        );
    }
    Trouble::of(component, format!("`{label}` broke off: {}", root(error)))
}

/// The innermost reason; the outer ones only repeat the address.
fn root(error: &reqwest::Error) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(inner) = reason.source() {
        reason = inner;
    }
    reason.to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_closed_door_is_named() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let trouble = Door::new(&address, None)
            .get("/api/health")
            .send()
            .await
            .unwrap_err();
        assert!(
            trouble
                .cause
                .starts_with("the front door does not let `GET /api/health` in: "),
            "{}",
            trouble.cause
        );
        assert_eq!(trouble.hint, "shopctl status");
    }

    #[tokio::test]
    async fn who_asks_to_come_again_is_asked_again_and_not_for_ever() {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = asked.clone();
        let app = axum::Router::new().fallback(async move |body: String| {
            counted.fetch_add(1, Ordering::Relaxed);
            let now = [(reqwest::header::RETRY_AFTER, "0")];
            (axum::http::StatusCode::SERVICE_UNAVAILABLE, now, body)
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, app).await.unwrap() });
        let request = Door::new(&address, None).put("/api/carts");
        let answer = request.body("text/plain", "two pieces").send().await;
        let answer = answer.unwrap();
        assert_eq!((answer.status, answer.text().as_str()), (503, "two pieces"));
        assert_eq!(asked.load(Ordering::Relaxed), 1 + RETRIES);
    }

    #[tokio::test]
    async fn a_host_that_no_dns_knows_is_found_and_asked_for() {
        let app = axum::Router::new().fallback(async |headers: reqwest::header::HeaderMap| {
            headers[HOST].to_str().unwrap_or_default().to_owned()
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let place = listener.local_addr().unwrap();
        tokio::spawn(async { axum::serve(listener, app).await.unwrap() });
        let name = format!("shop.invalid:{}", place.port());
        let door = Door::new(
            &format!("http://{name}"),
            Some(("shop.invalid".to_owned(), place)),
        );
        let answer = door.get("/").send().await.unwrap();
        assert_eq!(String::from_utf8_lossy(&answer.body), name);
        assert_eq!(door.place(), place.to_string());
        assert_eq!(door.host(), "shop.invalid");
    }

    #[test]
    fn paths_have_their_component() {
        assert_eq!(answering("/api/health"), Component::Backend);
        assert_eq!(answering("/assets/x.js"), Component::Frontend);
    }
}
