//! Every pod is Ready and runs what its workload names.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Pod, PodTemplateSpec};
use kube::ResourceExt as _;

use super::list::OfObjects;
use super::scene::Scene;
use crate::platform::checks::check::{Check, When};
use crate::platform::checks::trouble::{Judgement, Trouble, ensure};

/// The check.
pub const CHECK: Check<OfObjects> = Check {
    name: "pods",
    title: "every pod is Ready and on the digest of its release",
    needs: &[],
    when: When::Together,
    judge: |scene| Box::pin(std::future::ready(judge(scene))),
};

/// The label that says which workload a pod belongs to.
const NAME: &str = "app.kubernetes.io/name";

fn judge(scene: &Scene<'_>) -> Judgement {
    let wanted = wanted(scene);
    let mut count = 0;
    for pod in scene.serving_pods() {
        let name = pod.name_any();
        let describe = || scene.kubectl(&format!("describe pod {name}"));
        ensure(is_ready(pod), || {
            Trouble::new(format!("pod `{name}` is not Ready"), describe())
        })?;
        let Some(digest) = pod.labels().get(NAME).and_then(|label| wanted.get(label)) else {
            continue;
        };
        ensure(runs(pod, digest), || {
            let cause = format!(
                "pod `{name}` runs {}, not the release's {digest}",
                image(pod)
            );
            Trouble::new(cause, "shopctl deploy")
        })?;
        count += 1;
    }
    ensure(count > 0, || {
        let cause = format!(
            "no pod of the shop runs in namespace `{}`",
            scene.namespace()
        );
        Trouble::new(cause, "shopctl deploy")
    })?;
    Ok(format!("{count} pods of {} workloads", wanted.len()))
}

/// The digest that the pods of each workload must run.
fn wanted(scene: &Scene<'_>) -> BTreeMap<String, String> {
    let deployments = scene.deployments.iter().filter_map(|deployment| {
        let spec = deployment.spec.as_ref()?;
        Some((deployment.labels().get(NAME)?, digest(&spec.template)?))
    });
    let stateful_sets = scene.stateful_sets.iter().filter_map(|set| {
        let spec = set.spec.as_ref()?;
        Some((set.labels().get(NAME)?, digest(&spec.template)?))
    });
    deployments
        .chain(stateful_sets)
        .map(|(name, digest)| (name.clone(), digest))
        .collect()
}

fn digest(template: &PodTemplateSpec) -> Option<String> {
    let container = template.spec.as_ref()?.containers.first()?;
    let (_, digest) = container.image.as_ref()?.split_once('@')?;
    Some(digest.to_owned())
}

fn is_ready(pod: &Pod) -> bool {
    let conditions = pod
        .status
        .iter()
        .flat_map(|status| &status.conditions)
        .flatten();
    conditions
        .into_iter()
        .any(|condition| condition.type_ == "Ready" && condition.status == "True")
}

/// Whether the pod was made with that digest: the runtime may call the same image by another one.
fn runs(pod: &Pod, digest: &str) -> bool {
    image(pod).ends_with(digest)
}

fn image(pod: &Pod) -> &str {
    let container = pod.spec.as_ref().and_then(|spec| spec.containers.first());
    let image = container.and_then(|container| container.image.as_deref());
    image.unwrap_or("no image")
}
