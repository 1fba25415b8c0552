//! Requests that are made again while the API server is away or refuses them for a moment: what the client does not send again
//! by itself.

use std::time::Duration;

use kube::core::Status;
use kube::core::response::StatusCause;
use tokio::time::{Instant, sleep, timeout};

use crate::platform::Events;

/// How long an API server may be gone: longer than it takes to start again.
const GONE: Duration = Duration::from_mins(1);

/// How long a refusal may last that others are about to mend, such as a webhook that is just being started.
const REFUSED: Duration = Duration::from_secs(8);

/// How long one try may take: longer than the client sends a request again by itself, and the 30 seconds that an admission
/// webhook may take besides.
const TRY: Duration = Duration::from_secs(95);

/// The pause before a request is sent again.
const PAUSE: Duration = Duration::from_millis(500);

/// Sends the request until it is answered for good.
pub async fn insist<T, F>(events: &Events, request: impl Fn() -> F) -> Result<T, kube::Error>
where
    F: Future<Output = Result<T, kube::Error>>,
{
    let start = Instant::now();
    loop {
        let error = match timeout(TRY, request()).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => error,
            Err(late) => kube::Error::Service(late.into()),
        };
        if start.elapsed() + PAUSE > patience(&error) {
            return Err(error);
        }
        events.progress("waiting for the API server");
        // Nobody tells when it is back.
        sleep(PAUSE).await;
    }
}

/// For how long the error may pass by itself.
fn patience(error: &kube::Error) -> Duration {
    match error {
        kube::Error::Api(status) if is_conflict(status) => Duration::ZERO,
        kube::Error::Api(status) => match status.code {
            409 | 500 => REFUSED,
            429 | 502..=504 => GONE,
            _ => Duration::ZERO,
        },
        kube::Error::HyperError(_) | kube::Error::Service(_) | kube::Error::ReadEvents(_) => GONE,
        _ => Duration::ZERO,
    }
}

/// Whether somebody else has set a field.
pub fn is_conflict(status: &Status) -> bool {
    conflicts(status).next().is_some()
}

/// The fields that somebody else has set.
pub fn conflicts(status: &Status) -> impl Iterator<Item = &StatusCause> {
    let causes = status.details.iter().flat_map(|details| &details.causes);
    causes.filter(|cause| cause.reason == "FieldManagerConflict")
}

/// Who has set which field, in one sentence each.
pub fn taken(status: &Status) -> Vec<String> {
    conflicts(status)
        .map(|cause| {
            let who = cause.message.split('"').nth(1).unwrap_or("somebody else");
            format!("{} was set by `{who}`", cause.field.trim_start_matches('.'))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn who_has_set_a_field_is_told() {
        let status: Status = serde_json::from_value(json!({
            "kind": "Status", "status": "Failure", "code": 409, "reason": "Conflict", "message": "Apply failed",
            "details": { "causes": [{
                "reason": "FieldManagerConflict",
                "message": "conflict with \"kubectl-edit\" using apps/v1",
                "field": ".spec.template.spec.containers[name=\"backend\"].image",
            }] },
        }))
        .unwrap();
        assert!(is_conflict(&status));
        assert_eq!(
            taken(&status),
            ["spec.template.spec.containers[name=\"backend\"].image was set by `kubectl-edit`"]
        );
        assert_eq!(
            patience(&kube::Error::Api(Box::new(status))),
            Duration::ZERO
        );
    }
}
