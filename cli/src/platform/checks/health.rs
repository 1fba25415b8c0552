//! `/api/health` as monitoring asks for it.

use std::time::Duration;

use super::check::{Check, When};
use super::trouble::{Judgement, Trouble, ensure};
use super::visit::{Health, Visit, eventually};
use crate::plan::Component;

/// The check.
pub const CHECK: Check = Check {
    name: "health",
    title: "`/api/health` says that all is well, under the host name of the shop",
    needs: &[],
    when: When::Together,
    judge: |visit| Box::pin(judge(visit)),
};

/// One late answer of a dependency on a busy machine is no illness; monitoring asks again before it wakes anybody.
const PATIENCE: Duration = Duration::from_secs(5);

async fn judge(visit: &Visit<'_>) -> Judgement {
    eventually(PATIENCE, async || look(visit).await).await
}

async fn look(visit: &Visit<'_>) -> Judgement {
    let door = &visit.door;
    let answer = door.get("/api/health").host(door.host()).send().await?;
    // A shop without its stores answers 503 with the same document, which names the cause better than the status does.
    let health: Health = match answer.json() {
        Ok(health) => health,
        Err(unreadable) => return Err(answer.expect(200).err().unwrap_or(unreadable)),
    };
    let release = &visit.shop.release;
    // First of all: what a pod of another release suffers from is nothing that this one can be blamed for.
    ensure(health.release == *release, || {
        let cause = format!(
            "release `{}` answers instead of `{release}`",
            health.release
        );
        Trouble::new(cause, "shopctl up")
    })?;
    if let Some(trouble) = unwell(&health) {
        return Err(trouble);
    }
    let answer = answer.expect(200)?;
    ensure(health.status == "ok", || {
        answer.trouble(&format!("says `{}` instead of `ok`", health.status))
    })?;
    Ok(format!("ok, answered by {release}"))
}

/// The dependencies that are not well, the stores first: without them nothing is sold, and without ml-service the shop is
/// only degraded.
fn unwell(health: &Health) -> Option<Trouble> {
    let component = |name: &str| Component::from_name(name).unwrap_or(Component::Backend);
    let dependencies = health.dependencies.iter();
    let mut unwell: Vec<_> = dependencies.filter(|(_, state)| *state != "ok").collect();
    unwell.sort_by_key(|(name, _)| component(name) == Component::MlService);
    let (first, _) = unwell.first()?;
    let states: Vec<_> = unwell
        .iter()
        .map(|(name, state)| format!("{name} is `{state}`"))
        .collect();
    let cause = format!(
        "`/api/health` says `{}` because its dependency {}",
        health.status,
        states.join(" and ")
    );
    Some(Trouble::of(component(first), cause))
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::StatusCode;
    use axum::routing::get;
    use serde_json::{Value, json};
    use tokio::net::TcpListener;

    use super::*;
    use crate::platform::Shop;
    use crate::platform::checks::closed_shop::closed_shop;

    /// What is said of a shop whose backend answers with that document.
    async fn told(document: Value) -> Judgement {
        let well = document["status"] != "down";
        let code = if well {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        };
        let health = get(async move || (code, axum::Json(document)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().route("/api/health", health);
        let server = tokio::spawn(async move { axum::serve(listener, app).await });
        let shop = Shop {
            front_door: format!("http://{address}"),
            release: "new".to_owned(),
            ..closed_shop()
        };
        let told = look(&Visit::new(&shop)).await;
        server.abort();
        told
    }

    #[tokio::test]
    async fn a_store_that_is_down_is_named_before_what_only_degrades() {
        let all = json!({ "ml-service": "down", "postgres": "ok", "redis": "down" });
        let health = json!({ "status": "down", "release": "new", "dependencies": all });
        let trouble = told(health).await.unwrap_err();
        assert_eq!(
            trouble.cause,
            "`/api/health` says `down` because its dependency redis is `down` and ml-service is `down`"
        );
        assert_eq!(trouble.hint, "shopctl logs redis --since 5m");
    }

    #[tokio::test]
    async fn what_a_pod_that_leaves_suffers_from_is_not_the_new_releases() {
        let all = json!({ "ml-service": "ok", "postgres": "down", "redis": "ok" });
        let health = json!({ "status": "down", "release": "old", "dependencies": all });
        let trouble = told(health).await.unwrap_err();
        assert_eq!(trouble.cause, "release `old` answers instead of `new`");
    }
}
