//! JSON bodies of requests.

use axum::extract::{FromRequest, Request};
use kit::Problem;
use kit::extract::Json;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

/// A JSON body. No request of this API has a list in it; without this check, serde would take the list of an object's
/// values for the object.
#[derive(Debug, Clone)]
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Json(text): Json<Box<RawValue>> = Json::from_request(request, state).await?;
        let refused = |error: serde_json::Error| Problem::unprocessable(error.to_string());
        // Into the type directly, and not by way of the value, so that a member that is there twice is noticed.
        let parsed = serde_json::from_str(text.get()).map_err(refused)?;
        let value: Value = serde_json::from_str(text.get()).map_err(refused)?;
        if has_list(&value) {
            return Err(Problem::unprocessable("expected an object, found a list"));
        }
        Ok(Self(parsed))
    }
}

fn has_list(value: &Value) -> bool {
    match value {
        Value::Array(_) => true,
        Value::Object(members) => members.values().any(has_list),
        _ => false,
    }
}
