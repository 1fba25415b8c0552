//! Requests through the front door, as the public sends them.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use super::answer::Answer;
use crate::plan::Component;
use crate::platform::checks::trouble::Trouble;

/// No request may take longer than this.
const LIMIT: Duration = Duration::from_secs(4);

/// The front door.
#[derive(Debug, Clone)]
pub struct Door {
    client: Client,
    address: String,
}

impl Door {
    /// The front door at that address.
    pub fn new(address: &str) -> Self {
        let client = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .timeout(LIMIT)
            .user_agent(concat!("shopctl/", env!("CARGO_PKG_VERSION"), " verify"))
            .build()
            // Without TLS nothing of this can fail; a plain client would do as well.
            .unwrap_or_default();
        Self {
            client,
            address: address.to_owned(),
        }
    }

    /// Host and port.
    pub fn authority(&self) -> &str {
        self.address.trim_start_matches("http://")
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

    /// Sends the request and reads the answer to its end.
    pub async fn send(self) -> Result<Answer, Trouble> {
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
    use super::*;

    #[tokio::test]
    async fn a_closed_door_is_named() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let trouble = Door::new(&address)
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

    #[test]
    fn paths_have_their_component() {
        assert_eq!(answering("/api/health"), Component::Backend);
        assert_eq!(answering("/assets/x.js"), Component::Frontend);
    }
}
