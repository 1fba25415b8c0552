//! One trace goes through the logs of all services.

use std::time::Duration;

use serde_json::Value;

use super::check::{Check, When};
use super::trouble::{Judgement, Trouble, ensure};
use super::visit::{Visit, eventually};
use crate::plan::Component;

/// The check.
pub const CHECK: Check = Check {
    name: "trace",
    title: "the journey's trace is in the logs of every service that it crossed",
    needs: &["checkout"],
    when: When::Together,
    judge: |visit| Box::pin(judge(visit)),
};

/// A line may be written this long after the answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The levels at which no service writes a line for a request that it has answered well.
const TERSE: [&str; 2] = ["error", "warn"];

async fn judge(visit: &Visit<'_>) -> Judgement {
    let log = visit.shop.log;
    ensure(!TERSE.contains(&log), || {
        Trouble::warning(
            format!("with `log: {log}` in shop.yaml the services write no line for a request"),
            "write `log: info` in shop.yaml to see where a request went",
        )
    })?;
    let journey = visit.journey().await?;
    let trace = journey.trace.trace_id();
    let found = Component::SERVICES.map(|service| lines(visit, service, trace));
    let found = futures_util::future::join_all(found).await;
    // A service that did not answer cannot have crossed the trace; its own trouble is the cause.
    journey
        .page
        .clone()
        .map_err(|trouble| uncrossed(Component::Frontend, &trouble))?;
    journey
        .recommendations
        .clone()
        .map_err(|trouble| uncrossed(Component::Backend, &trouble))?;
    let mut counts = Vec::new();
    for (service, count) in Component::SERVICES.into_iter().zip(found) {
        counts.push(format!("{service} {}", count?));
    }
    Ok(format!("trace {trace} in lines of {}", counts.join(", ")))
}

fn uncrossed(service: Component, trouble: &Trouble) -> Trouble {
    let cause = format!("the trace did not cross {service}: {}", trouble.cause);
    Trouble::new(cause, trouble.hint.clone())
}

async fn lines(visit: &Visit<'_>, service: Component, trace: &str) -> Result<usize, Trouble> {
    eventually(PATIENCE, async || {
        let lines = visit.shop.inside.log_lines(service, trace).await;
        let lines = lines.map_err(|error| {
            Trouble::of(
                service,
                format!("the log of {service} cannot be read: {error}"),
            )
        })?;
        let count = lines.iter().filter(|line| belongs(line, trace)).count();
        ensure(count > 0, || {
            Trouble::of(
                service,
                format!("no line in the log of {service} has trace {trace}"),
            )
        })?;
        Ok(count)
    })
    .await
}

/// Whether the line is JSON and has the trace at its top level, with a span.
fn belongs(line: &str, trace: &str) -> bool {
    let Ok(Value::Object(fields)) = serde_json::from_str(line) else {
        return false;
    };
    let text = |field: &str| fields.get(field).and_then(Value::as_str);
    text("trace_id") == Some(trace) && text("span_id").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Shop;
    use crate::platform::checks::closed_shop::closed_shop;
    use crate::platform::checks::visit::Visit;

    #[tokio::test]
    async fn where_requests_are_not_logged_there_is_nothing_to_find() {
        let shop = Shop {
            log: "warn",
            ..closed_shop()
        };
        let visit = Visit::new(&shop);
        let trouble = judge(&visit).await.unwrap_err();
        assert!(trouble.is_warning, "{trouble:?}");
    }

    #[test]
    fn the_trace_must_stand_at_the_top_level() {
        assert!(belongs(
            r#"{"trace_id":"ab","span_id":"cd","message":"request"}"#,
            "ab"
        ));
        for line in [
            r#"{"trace_id":"ab","message":"request"}"#,
            r#"{"trace_id":"ef","span_id":"cd","message":"ab"}"#,
            r#"{"span":{"trace_id":"ab","span_id":"cd"}}"#,
            "ab",
        ] {
            assert!(!belongs(line, "ab"), "{line}");
        }
    }
}
