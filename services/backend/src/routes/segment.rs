//! Identifiers in paths.

use axum::extract::FromRequestParts;
use http::request::Parts;
use kit::Problem;
use kit::extract::Path;
use serde::de::DeserializeOwned;

/// The parameters in a path. What cannot be an identifier identifies nothing: the answer is 404, as for any other
/// identifier of which nothing is known.
#[derive(Debug, Clone)]
pub(super) struct Segments<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Segments<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(_) => Err(Problem::not_found()),
        }
    }
}
