//! The values of the shop's Secrets are in no log, event or object.

use std::pin::pin;

use futures_util::StreamExt as _;
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::api::networking::v1::Ingress;
use kube::ResourceExt;
use serde::Serialize;

use super::list::OfObjects;
use super::pod_logs::pod_logs;
use super::scene::Scene;
use super::secret_values::SecretValues;
use crate::platform::checks::check::{Check, When};
use crate::platform::checks::trouble::{Judgement, Trouble, ensure};

/// The check.
pub const CHECK: Check<OfObjects> = Check {
    name: "secrets-unseen",
    title: "no log, event or object shows a password",
    needs: &[],
    // What the checks themselves make the services write is looked through too.
    when: When::AtTheEnd,
    judge: |scene| Box::pin(judge(scene)),
};

async fn judge(scene: &Scene<'_>) -> Judgement {
    let values = SecretValues::of(scene).await?;
    let unseen = |place: &str, text: &str| {
        ensure(!values.are_in(text), || {
            Trouble::new(
                format!("a value of the shop's Secrets is in {place}"),
                "find out who wrote it there: whoever may read that place knows the value",
            )
        })
    };
    let objects = objects(scene).await?;
    for (place, text) in &objects {
        unseen(place, text)?;
    }
    let (mut count, mut cut, mut unread) = (0, 0, Vec::new());
    let mut logs = pin!(pod_logs(scene));
    while let Some(log) = logs.next().await {
        match log {
            Ok(log) => {
                unseen(&log.name, &log.text)?;
                count += 1;
                cut += usize::from(log.is_cut);
            }
            Err(trouble) => unread.push(trouble),
        }
    }
    let sought = format!(
        "{} values in {count} logs{} and {} objects and events",
        values.count(),
        told(cut),
        objects.len()
    );
    complete(sought, count, unread)
}

/// What is known of logs that are too long to be read as a whole.
fn told(cut: usize) -> String {
    if cut == 0 {
        return String::new();
    }
    format!(" (of {cut} of them, which are long, only the beginning and the end)")
}

/// A log that cannot be read, of a node that is away for instance, may show a value, but takes nothing from what others
/// have shown. None at all is no success.
fn complete(sought: String, count: usize, mut unread: Vec<Trouble>) -> Judgement {
    let missing = unread.len();
    let Some(first) = unread.pop() else {
        return Ok(sought);
    };
    if count == 0 {
        return Err(first);
    }
    let cause = format!(
        "looked for {sought}, but not in {missing} more: {}",
        first.cause
    );
    Err(Trouble::warning(cause, first.hint))
}

/// All objects of the namespace that may show a value, as the API server has them.
async fn objects(scene: &Scene<'_>) -> Result<Vec<(String, String)>, Trouble> {
    let (config_maps, jobs, cron_jobs, ingresses) = tokio::try_join!(
        scene.all::<ConfigMap>(),
        scene.all::<Job>(),
        scene.all::<CronJob>(),
        scene.all::<Ingress>(),
    )?;
    let mut objects = Vec::new();
    // An event is told as a whole: message, reason, and whatever its source has added.
    add(&mut objects, "event", &scene.events);
    add(&mut objects, "pod", &scene.pods);
    add(&mut objects, "deployment", &scene.deployments);
    add(&mut objects, "stateful set", &scene.stateful_sets);
    add(&mut objects, "config map", &config_maps);
    add(&mut objects, "job", &jobs);
    add(&mut objects, "cron job", &cron_jobs);
    add(&mut objects, "ingress", &ingresses);
    Ok(objects)
}

fn add<K: ResourceExt + Serialize>(texts: &mut Vec<(String, String)>, kind: &str, objects: &[K]) {
    texts.extend(objects.iter().map(|object| {
        let text = serde_json::to_string(object).unwrap_or_default();
        (format!("{kind} `{}`", object.name_any()), text)
    }));
}
