//! What is for operators stays inside.

use futures_util::future::try_join_all;

use super::check::{Check, When};
use super::trouble::{Judgement, Trouble, ensure};
use super::visit::{Answer, Visit, raw_get};
use crate::plan::Component;
use crate::platform::Detour;

/// The check.
pub const CHECK: Check = Check {
    name: "front-door",
    title: "`/metrics`, `/livez` and `/readyz` cannot be reached through the front door",
    needs: &[],
    when: When::Together,
    judge: |visit| Box::pin(judge(visit)),
};

/// Must be refused.
const INNER: [&str; 3] = ["/metrics", "/livez", "/readyz"];

/// Other ways to write them: a proxy and a service may read them differently.
const DISGUISED: [&str; 12] = [
    "//metrics",
    "/./metrics",
    "/metrics/",
    "/metrics?x=1",
    "/%6detrics",
    "/api/../metrics",
    "/api/%2e%2e/metrics",
    "/api/..%2fmetrics",
    "/api//metrics",
    "/api/metrics",
    "/%72eadyz",
    "/api/..;/livez",
];

async fn judge(visit: &Visit<'_>) -> Judgement {
    let inner = INNER.iter().map(|path| ensure_refused(visit, path));
    let disguised = DISGUISED.iter().map(|path| ensure_closed(visit, path));
    tokio::try_join!(try_join_all(inner), try_join_all(disguised))?;
    if let Some(Detour { why, next }) = &visit.shop.detour {
        return Err(Trouble::warning(why, next));
    }
    Ok(format!(
        "{} paths and {} disguises refused",
        INNER.len(),
        DISGUISED.len()
    ))
}

async fn ensure_refused(visit: &Visit<'_>, path: &str) -> Result<(), Trouble> {
    let answer = raw_get(&visit.door, path).await?;
    ensure((400..500).contains(&answer.status), || leak(&answer))
}

/// A disguise may also lead to the storefront's page, which every unknown path does.
async fn ensure_closed(visit: &Visit<'_>, path: &str) -> Result<(), Trouble> {
    let answer = raw_get(&visit.door, path).await?;
    let page = answer.header("content-type").starts_with("text/html");
    ensure(answer.status >= 300 || page, || leak(&answer))
}

fn leak(answer: &Answer) -> Trouble {
    let cause = format!(
        "`{}` answers {} through the front door and should be refused",
        answer.request, answer.status
    );
    Trouble::of(Component::Frontend, cause)
}
