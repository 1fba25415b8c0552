//! Errors for clients, as RFC 9457 problem documents.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::trace;

/// The media type of a problem document.
pub const CONTENT_TYPE_PROBLEM: &str = "application/problem+json";

/// An error as clients see it. Becomes a response by itself.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI that names the kind of problem: `urn:shopmicro:problem:<code>`.
    #[serde(rename = "type")]
    kind: String,
    /// A short name for programs, the last part of `type`.
    code: &'static str,
    /// What went wrong, the same for all problems of a kind.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What went wrong this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The trace to look for in the logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
    /// More about this problem, depending on its kind.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(ignore))]
    members: Map<String, Value>,
    #[serde(skip)]
    #[cfg_attr(feature = "openapi", schema(ignore))]
    headers: HeaderMap,
}

impl Problem {
    /// A problem of the kind `code` (lower-case words with hyphens). Takes up the current trace id.
    pub fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self {
            kind: format!("urn:shopmicro:problem:{code}"),
            code,
            title,
            status: status.as_u16(),
            detail: None,
            trace_id: trace::current_ids().map(|ids| ids.trace_id),
            members: Map::new(),
            headers: HeaderMap::new(),
        }
    }

    /// 400: the request cannot be understood.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "bad-request",
            "The request cannot be understood",
        )
        .detail(detail)
    }

    /// 404: nothing is here, or nothing that the client may know of.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is nothing here")
    }

    /// 405: the resource exists and does not know the method.
    pub fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "The method is not allowed here",
        )
    }

    /// 413: the body is larger than anybody needs.
    pub fn body_too_large(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body-too-large",
            "The request body is too large",
        )
        .detail(detail)
    }

    /// 422: the request is well formed and asks for something impossible.
    pub fn unprocessable(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid-request",
            "The request is not valid",
        )
        .detail(detail)
    }

    /// 500: our fault. Causes belong into the log, not into the answer.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal-error",
            "Something went wrong on our side",
        )
    }

    /// 503: a dependency is away; the client may try again after `retry_after_seconds`.
    pub fn unavailable(detail: impl Into<String>, retry_after_seconds: u32) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "A part of the shop is not available now",
        )
        .detail(detail)
        .header(RETRY_AFTER, retry_after_seconds.into())
    }

    /// Says what went wrong this time. Must not hold anything that the client may not see.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds a member of the problem's own. The members of RFC 9457 cannot be replaced that way.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        const FIXED: [&str; 6] = ["type", "code", "title", "status", "detail", "trace_id"];
        debug_assert!(!FIXED.contains(&name), "{name} is not free");
        if !FIXED.contains(&name) {
            self.members.insert(name.to_owned(), value.into());
        }
        self
    }

    /// Adds a header to the response.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// The response's status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The short name of the problem's kind.
    pub fn code(&self) -> &'static str {
        self.code
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut headers = self.headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE_PROBLEM));
        (status, headers, Json(self)).into_response()
    }
}

fn rejected(status: StatusCode, detail: String) -> Problem {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::body_too_large(detail),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::new(
            status,
            "unsupported-media-type",
            "The request body must be JSON",
        )
        .detail(detail),
        StatusCode::UNPROCESSABLE_ENTITY => Problem::unprocessable(detail),
        status if status.is_server_error() => Problem::internal(),
        _ => Problem::bad_request(detail),
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        rejected(rejection.status(), rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        rejected(rejection.status(), rejection.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        rejected(rejection.status(), rejection.body_text())
    }
}
