//! What came of a request.

use std::io::{self, ErrorKind};

use http::{Request, Response, StatusCode};
use hyper_util::client::legacy;
use kube::client::Body;
use tower::BoxError;

use crate::platform::kube::request::innermost;

/// Whoever asks for it asks whether the API is there.
pub const VERSION: &str = "/version";

/// What came of a request.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It has been answered for good.
    Answered,
    /// There was nobody to take it.
    NotTaken(String),
    /// It was taken and not answered.
    Lost(String),
    /// The server has too much to do.
    Later,
    /// It is refused for want of rights.
    Refused,
    /// It could not even be sent.
    Failed,
}

impl Outcome {
    /// What the stack below gives back for that request.
    pub fn of<B>(came: &Result<Response<B>, BoxError>, request: &Request<Body>) -> Self {
        match came {
            Ok(answer) => Self::of_status(answer.status(), request.uri().path()),
            Err(error) => Self::of_error(error),
        }
    }

    /// A proxy in front of the API answers in its place.
    fn of_status(status: StatusCode, path: &str) -> Self {
        match status {
            _ if status.is_server_error() && path == VERSION => Self::NotTaken(status.to_string()),
            _ if status.is_server_error() && is_served_by_others(path) => Self::Answered,
            StatusCode::TOO_MANY_REQUESTS => Self::Later,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Self::Refused,
            StatusCode::SERVICE_UNAVAILABLE => Self::NotTaken(status.to_string()),
            StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => Self::Lost(status.to_string()),
            _ => Self::Answered,
        }
    }

    /// Errors of other kinds come from what makes a request ready, such as a program that is asked for credentials.
    fn of_error(error: &BoxError) -> Self {
        let reason = || innermost(error.as_ref());
        if let Some(error) = error.downcast_ref::<legacy::Error>() {
            return if error.is_connect() {
                Self::NotTaken(reason())
            } else {
                Self::Lost(reason())
            };
        }
        // What a service that is no client of HTTP says: that of a test.
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return match error.kind() {
                ErrorKind::ConnectionRefused => Self::NotTaken(reason()),
                _ => Self::Lost(reason()),
            };
        }
        Self::Failed
    }
}

/// Whether the API asks somebody else for it, whose absence is not its own: nodes, and the servers of groups such as metrics.
fn is_served_by_others(path: &str) -> bool {
    let mut parts = path.trim_matches('/').split('/');
    let is_group = path.starts_with("/apis/") && parts.clone().count() <= 3;
    let asks_node = ["log", "exec", "attach", "portforward", "proxy"];
    is_group || parts.any(|part| asks_node.contains(&part))
}
