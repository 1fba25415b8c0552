//! The values of the shop's Secrets are in no log, event or object.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use k8s_openapi::api::core::v1::{Pod, Secret};
use kube::ResourceExt as _;
use kube::api::LogParams;

use super::list::OfObjects;
use super::scene::Scene;
use crate::platform::checks::check::{Check, When};
use crate::platform::checks::trouble::{Judgement, Trouble};

/// The check.
pub const CHECK: Check<OfObjects> = Check {
    name: "secrets-unseen",
    title: "no log, event or object shows a password",
    needs: &[],
    when: When::Together,
    judge: |scene| Box::pin(judge(scene)),
};

/// Secrets that `shopctl` makes.
const SECRETS: [&str; 3] = [
    "postgres-credentials",
    "redis-credentials",
    "backend-tokens",
];

/// So much of each log is looked through, from its end.
const LINES: i64 = 2000;

/// Shorter values would be found by chance.
const SHORTEST: usize = 12;

async fn judge(scene: &Scene<'_>) -> Judgement {
    let values = values(scene).await?;
    let shown = |text: &str| values.iter().any(|value| text.contains(value.as_str()));
    let found = |place: String| {
        Err(Trouble::new(
            format!("a value of the shop's Secrets is in {place}"),
            "find out who wrote it there, then `shopctl secrets rotate`",
        ))
    };
    for event in &scene.events {
        if shown(event.message.as_deref().unwrap_or_default()) {
            return found(format!("event `{}`", event.name_any()));
        }
    }
    for (place, text) in objects(scene) {
        if shown(&text) {
            return found(place);
        }
    }
    let pods: Vec<_> = scene.pods.iter().collect();
    let logs = try_join_all(pods.iter().map(|pod| log(scene, pod))).await?;
    for (pod, log) in pods.iter().zip(&logs) {
        if shown(log) {
            return found(format!("the log of pod `{}`", pod.name_any()));
        }
    }
    Ok(format!(
        "{} values in {} logs, {} events and all workloads",
        values.len(),
        logs.len(),
        scene.events.len()
    ))
}

/// The passwords and tokens; an address with a password in it is found by the password.
async fn values(scene: &Scene<'_>) -> Result<BTreeSet<String>, Trouble> {
    let secrets = scene.objects::<Secret>();
    let mut values = BTreeSet::new();
    for name in SECRETS {
        let secret = secrets.get_opt(name).await;
        let secret = secret.map_err(|error| {
            let action = format!("read Secret `{name}`");
            Trouble::from_platform(&scene.cluster.failed(action, &error))
        })?;
        let data = secret.and_then(|secret| secret.data).unwrap_or_default();
        for value in data.into_values() {
            let text = String::from_utf8(value.0).unwrap_or_default();
            values.extend(secret_of(&text));
        }
    }
    Ok(values)
}

/// The part of a value that must not be seen.
fn secret_of(text: &str) -> Option<String> {
    let text = text.trim();
    let password = match text.split_once("://") {
        Some((_, rest)) => rest.split('@').next()?.split_once(':')?.1,
        None => text.strip_prefix("requirepass ").unwrap_or(text),
    };
    (password.len() >= SHORTEST).then(|| password.to_owned())
}

fn objects<'a>(scene: &'a Scene<'_>) -> impl Iterator<Item = (String, String)> + 'a {
    let text = |object: serde_json::Result<String>| object.unwrap_or_default();
    let pods = scene.pods.iter();
    let pods = pods.map(move |pod| {
        let place = format!("pod `{}`", pod.name_any());
        (place, text(serde_json::to_string(pod)))
    });
    let deployments = scene.deployments.iter().map(move |deployment| {
        let place = format!("deployment `{}`", deployment.name_any());
        (place, text(serde_json::to_string(deployment)))
    });
    let sets = scene.stateful_sets.iter().map(move |set| {
        let place = format!("stateful set `{}`", set.name_any());
        (place, text(serde_json::to_string(set)))
    });
    pods.chain(deployments).chain(sets)
}

/// The end of the pod's log; nothing where it has none yet.
async fn log(scene: &Scene<'_>, pod: &Pod) -> Result<String, Trouble> {
    let name = pod.name_any();
    let parameters = LogParams {
        tail_lines: Some(LINES),
        ..LogParams::default()
    };
    match scene.objects::<Pod>().logs(&name, &parameters).await {
        Ok(log) => Ok(log),
        // A container that has not begun, or a pod that has just gone.
        Err(kube::Error::Api(status)) if matches!(status.code, 400 | 404) => Ok(String::new()),
        Err(error) => {
            let action = format!("read the log of pod `{name}`");
            Err(Trouble::from_platform(
                &scene.cluster.failed(action, &error),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_by_its_password() {
        let password = "abcdefghijklmnop";
        let some = Some(password.to_owned());
        assert_eq!(
            secret_of(&format!("postgres://a:{password}@b:5432/c")),
            some
        );
        assert_eq!(
            secret_of(&format!("redis://:{password}@redis:6379/0")),
            some
        );
        assert_eq!(secret_of(&format!("requirepass {password}\n")), some);
        assert_eq!(secret_of("short"), None);
    }
}
