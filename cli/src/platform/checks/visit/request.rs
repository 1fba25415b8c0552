//! A request of the public, from its first header to its answer.

use reqwest::RequestBuilder;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use serde_json::Value;
use tokio::time::sleep;

use super::answer::Answer;
use super::door::LIMIT;
use crate::plan::Component;
use crate::platform::checks::trouble::Trouble;

/// How often a request is sent again where the answer says when: a store that was late once refuses a moment's requests.
const RETRIES: usize = 2;

/// A request that is being put together.
#[derive(Debug)]
pub struct Request {
    label: String,
    component: Component,
    builder: RequestBuilder,
}

impl Request {
    /// The request of that label, which that component answers.
    pub const fn new(label: String, component: Component, builder: RequestBuilder) -> Self {
        Self {
            label,
            component,
            builder,
        }
    }

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
    use crate::platform::checks::visit::Door;

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
}
