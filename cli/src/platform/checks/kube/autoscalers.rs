//! Every workload that is to scale has an autoscaler, which reads its metric.

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use kube::ResourceExt as _;

use super::list::OfObjects;
use super::scene::Scene;
use crate::config::kubernetes::Kubernetes;
use crate::platform::checks::check::{Check, When};
use crate::platform::checks::trouble::{Judgement, Trouble};
use crate::platform::kube::{Late, Look, Watched};

/// The check.
pub const CHECK: Check<OfObjects> = Check {
    name: "autoscalers",
    title: "every workload that scales has an autoscaler that reads its metric",
    needs: &[],
    when: When::Together,
    judge: |scene| Box::pin(judge(scene)),
};

/// Pods that have just begun have no figures before the second round of metrics-server.
const LIMIT: Duration = Duration::from_secs(75);

async fn judge(scene: &Scene<'_>) -> Judgement {
    let scaling = scaling(scene.settings);
    let mut watched = Watched::begin(scene.objects::<HorizontalPodAutoscaler>());
    match watched.wait(LIMIT, |all| look(all, &scaling)).await {
        Ok(judgement) => judgement,
        Err(late) => {
            let cause = match late {
                Late::Failed(cause) | Late::TimedOut(Some(cause)) => cause,
                Late::TimedOut(None) => waiting(&mut watched),
            };
            let hint = scene.kubectl("describe hpa");
            Err(Trouble::new(cause, hint))
        }
    }
}

/// The Deployments whose replicas follow the load, as the settings say.
pub fn scaling(settings: &Kubernetes) -> Vec<&'static str> {
    let services = [
        ("backend", &settings.backend),
        ("frontend", &settings.frontend),
        ("ml-service-deployment", &settings.ml_service),
    ];
    let scaling = services.into_iter().filter(|(_, service)| service.scales());
    scaling.map(|(name, _)| name).collect()
}

fn look(
    autoscalers: &BTreeMap<String, HorizontalPodAutoscaler>,
    scaling: &[&str],
) -> Look<Judgement> {
    let is_scaled = |name: &str| autoscalers.values().any(|one| target(one) == Some(name));
    if let Some(name) = scaling.iter().find(|name| !is_scaled(name)) {
        let cause = format!("deployment `{name}` is to scale, but has no autoscaler");
        return Look::Done(Err(Trouble::new(cause, "shopctl deploy")));
    }
    if autoscalers.is_empty() {
        return Look::Done(Ok(
            "nothing scales: minimum and maximum are the same".to_owned()
        ));
    }
    let read: Vec<_> = autoscalers.values().filter_map(figure).collect();
    if read.len() == autoscalers.len() {
        return Look::Done(Ok(read.join(", ")));
    }
    Look::Wait
}

/// The Deployment that it scales.
fn target(autoscaler: &HorizontalPodAutoscaler) -> Option<&str> {
    let target = &autoscaler.spec.as_ref()?.scale_target_ref;
    (target.kind == "Deployment").then_some(target.name.as_str())
}

/// What an autoscaler reads, such as `backend 3 %`.
fn figure(autoscaler: &HorizontalPodAutoscaler) -> Option<String> {
    let metrics = autoscaler.status.as_ref()?.current_metrics.as_ref()?;
    let percent = metrics
        .iter()
        .find_map(|metric| metric.resource.as_ref()?.current.average_utilization)?;
    Some(format!("{} {percent} %", autoscaler.name_any()))
}

/// The first one that reads nothing.
fn waiting(watched: &mut Watched<HorizontalPodAutoscaler>) -> String {
    let all = watched.now().unwrap_or_default();
    let silent = all.iter().find(|one| figure(one).is_none());
    let name = silent.map(|one| format!("autoscaler `{}`", one.name_any()));
    format!(
        "{} has read no metric within {} s",
        name.unwrap_or_else(|| "an autoscaler".to_owned()),
        LIMIT.as_secs()
    )
}
