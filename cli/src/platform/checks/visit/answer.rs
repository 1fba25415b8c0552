//! What came back through the front door.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::plan::Component;
use crate::platform::checks::trouble::Trouble;

/// A pause that is longer than this is no moment: what is away is told instead.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// An answer, complete.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The request, such as `GET /api/health`.
    pub request: String,
    /// Who answers such requests.
    pub component: Component,
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The answer itself if it has that status; else the trouble, with what a problem document says.
    pub fn expect(self, status: u16) -> Result<Self, Trouble> {
        if self.status == status {
            return Ok(self);
        }
        let said = self.said();
        Err(self.trouble(&format!(
            "answered {}{said} instead of {status}",
            self.status
        )))
    }

    /// The body as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Trouble> {
        serde_json::from_slice(&self.body).map_err(|error| {
            self.trouble(&format!("answered JSON that breaks the contract: {error}"))
        })
    }

    /// The answer's status must be 200, its body JSON.
    pub fn ok<T: DeserializeOwned>(self) -> Result<T, Trouble> {
        self.expect(200)?.json()
    }

    /// The text of a header; empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The stable code of a problem document; empty when the body is none.
    pub fn problem_code(&self) -> String {
        let document: BTreeMap<String, Value> =
            serde_json::from_slice(&self.body).unwrap_or_default();
        text_of(&document, "code")
    }

    /// After which pause to come again, where whoever answers asks for it and means a moment (RFC 9110 section 10.2.3).
    pub fn retry_after(&self) -> Option<Duration> {
        let seconds = self.header(RETRY_AFTER.as_str()).parse().ok()?;
        let pause = Duration::from_secs(seconds);
        (self.status == 503 && pause <= LONGEST_PAUSE).then_some(pause)
    }

    /// A trouble about this answer; `what` goes on after the request's name.
    pub fn trouble(&self, what: &str) -> Trouble {
        Trouble::of(self.component, format!("`{}` {what}", self.request))
    }

    /// What a problem document says, in parentheses.
    fn said(&self) -> String {
        let document: BTreeMap<String, Value> =
            serde_json::from_slice(&self.body).unwrap_or_default();
        let said = [text_of(&document, "title"), text_of(&document, "detail")];
        let said: Vec<_> = said.into_iter().filter(|text| !text.is_empty()).collect();
        if said.is_empty() {
            String::new()
        } else {
            format!(" ({})", said.join(": "))
        }
    }
}

fn text_of(document: &BTreeMap<String, Value>, field: &str) -> String {
    let text = document.get(field).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            request: "GET /api/products/1".to_owned(),
            component: Component::Backend,
            status,
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn a_wrong_status_names_the_request_and_what_the_problem_says() {
        let problem = r#"{"title":"Not enough pieces left","detail":"product 1","status":409}"#;
        let trouble = answer(409, problem).expect(201).unwrap_err();
        assert_eq!(
            trouble.cause,
            "`GET /api/products/1` answered 409 (Not enough pieces left: product 1) instead of 201"
        );
        assert_eq!(trouble.hint, "shopctl logs backend --since 5m");
    }

    #[test]
    fn a_wrong_body_names_the_request() {
        let trouble = answer(200, "<html>").ok::<Value>().unwrap_err();
        assert!(
            trouble
                .cause
                .starts_with("`GET /api/products/1` answered JSON that breaks")
        );
    }
}
