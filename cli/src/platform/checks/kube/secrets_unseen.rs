//! The values of the shop's Secrets are in no log, event or object.

use std::pin::pin;

use futures_util::TryStreamExt as _;
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
    when: When::Together,
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
    let mut count = 0;
    let mut logs = pin!(pod_logs(scene));
    while let Some(log) = logs.try_next().await? {
        unseen(&log.name, &log.text)?;
        count += 1;
    }
    Ok(format!(
        "{} values in {count} logs and {} objects and events",
        values.count(),
        objects.len()
    ))
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
