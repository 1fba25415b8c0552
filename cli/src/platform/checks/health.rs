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
    if let Some((name, state)) = health.dependencies.iter().find(|(_, state)| *state != "ok") {
        let component = Component::from_name(name).unwrap_or(Component::Backend);
        let cause = format!(
            "`/api/health` says `{}` because its dependency {name} is `{state}`",
            health.status
        );
        return Err(Trouble::of(component, cause));
    }
    let answer = answer.expect(200)?;
    ensure(health.status == "ok", || {
        answer.trouble(&format!("says `{}` instead of `ok`", health.status))
    })?;
    let release = &visit.shop.release;
    ensure(health.release == *release, || {
        let cause = format!(
            "release `{}` answers instead of `{release}`",
            health.release
        );
        Trouble::new(cause, "shopctl up")
    })?;
    Ok(format!("ok, answered by {release}"))
}
