//! The names that an operator types from memory are there.

use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::core::v1::Service;
use k8s_openapi::api::networking::v1::Ingress;
use kube::ResourceExt as _;

use super::autoscalers::scaling;
use super::list::OfObjects;
use super::scene::Scene;
use crate::platform::checks::check::{Check, When};
use crate::platform::checks::trouble::{Judgement, Trouble, ensure};
use crate::platform::kube::INGRESS;

/// The check.
pub const CHECK: Check<OfObjects> = Check {
    name: "handbook",
    title: "the commands of the handbook find what they name",
    needs: &[],
    when: When::Together,
    judge: |scene| Box::pin(judge(scene)),
};

/// What `kubectl rollout undo` is typed with.
const DEPLOYMENTS: [&str; 3] = ["backend", "frontend", "ml-service-deployment"];

async fn judge(scene: &Scene<'_>) -> Judgement {
    for name in DEPLOYMENTS {
        let found = scene.deployments.iter().any(|one| one.name_any() == name);
        ensure(found, || missing(scene, "deployment", name))?;
    }
    let services = scene.objects::<Service>();
    let service = services.get_opt("frontend").await;
    let failed = |what: &str, error: &kube::Error| {
        Trouble::from_platform(&scene.cluster.failed(format!("read {what}"), error))
    };
    let service = service.map_err(|error| failed("service `frontend`", &error))?;
    ensure(service.is_some(), || missing(scene, "svc", "frontend"))?;
    let autoscalers = scene.all::<HorizontalPodAutoscaler>().await?;
    for name in scaling(scene.settings) {
        let found = autoscalers.iter().any(|one| one.name_any() == name);
        ensure(found, || missing(scene, "hpa", name))?;
    }
    if scene.settings.expose.gateway.is_some() {
        return Ok("all of them, but for the Ingress: the entry is a Gateway".to_owned());
    }
    let ingresses = scene.objects::<Ingress>();
    let ingress = ingresses.get_opt(INGRESS).await;
    let ingress = ingress.map_err(|error| failed("the Ingress", &error))?;
    let ingress = ingress.ok_or_else(|| missing(scene, "ingress", INGRESS))?;
    let host = scene.settings.expose.host.as_str();
    ensure(hosts(&ingress).any(|one| one == host), || {
        let cause = format!("ingress `{INGRESS}` has no rule for host `{host}`");
        Trouble::new(cause, "shopctl deploy")
    })?;
    Ok(format!(
        "{}, svc/frontend, their autoscalers, ingress/{INGRESS} for {host}",
        DEPLOYMENTS.join(", ")
    ))
}

/// The hosts that it has rules for.
fn hosts(ingress: &Ingress) -> impl Iterator<Item = &str> {
    let spec = ingress.spec.iter();
    let rules = spec.flat_map(|spec| spec.rules.iter().flatten());
    rules.filter_map(|rule| rule.host.as_deref())
}

fn missing(scene: &Scene<'_>, kind: &str, name: &str) -> Trouble {
    Trouble::new(
        format!(
            "there is no {kind} `{name}` in namespace `{}`",
            scene.namespace()
        ),
        "shopctl deploy",
    )
}
