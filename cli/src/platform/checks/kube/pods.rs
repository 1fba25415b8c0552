//! Every pod is Ready and runs the images of the release.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Pod, PodSpec};
use kube::ResourceExt as _;

use super::list::OfObjects;
use super::scene::Scene;
use crate::platform::checks::check::{Check, When};
use crate::platform::checks::trouble::{Judgement, Trouble, ensure};
use crate::platform::kube::labels::NAME;
use crate::platform::kube::{Inventory, is_ready};

/// The check.
pub const CHECK: Check<OfObjects> = Check {
    name: "pods",
    title: "every pod is Ready and on the digest of its release",
    needs: &[],
    when: When::Together,
    judge: |scene| Box::pin(judge(scene)),
};

/// A Deployment or a `StatefulSet`.
struct Workload<'a> {
    /// As people call it.
    name: String,
    /// Whose image it runs.
    part: &'a str,
    /// What its pods are to be like.
    spec: &'a PodSpec,
}

async fn judge(scene: &Scene<'_>) -> Judgement {
    let inventory = Inventory::read(scene.cluster, scene.namespace()).await;
    let inventory = inventory.map_err(|error| Trouble::from_platform(&error))?;
    for pod in scene.serving_pods() {
        ensure(is_ready(pod), || {
            let name = pod.name_any();
            let hint = scene.kubectl(&format!("describe pod {name}"));
            Trouble::new(format!("pod `{name}` is not Ready"), hint)
        })?;
    }
    let workloads: Vec<_> = workloads(scene).collect();
    ensure(!workloads.is_empty(), || {
        let cause = format!("no shop is in namespace `{}`", scene.namespace());
        Trouble::new(cause, "shopctl deploy")
    })?;
    let mut count = 0;
    for workload in &workloads {
        count += workload.judge(scene, &inventory.images)?;
    }
    Ok(format!("{count} pods of {} workloads", workloads.len()))
}

fn workloads<'a>(scene: &'a Scene<'_>) -> impl Iterator<Item = Workload<'a>> {
    let deployments = scene.deployments.iter().filter_map(|deployment| {
        Some(Workload {
            name: format!("deployment `{}`", deployment.name_any()),
            part: deployment.labels().get(NAME)?,
            spec: deployment.spec.as_ref()?.template.spec.as_ref()?,
        })
    });
    let stateful_sets = scene.stateful_sets.iter().filter_map(|set| {
        Some(Workload {
            name: format!("stateful set `{}`", set.name_any()),
            part: set.labels().get(NAME)?,
            spec: set.spec.as_ref()?.template.spec.as_ref()?,
        })
    });
    deployments.chain(stateful_sets)
}

impl Workload<'_> {
    /// How many pods run what they must.
    fn judge(
        &self,
        scene: &Scene<'_>,
        release: &BTreeMap<String, String>,
    ) -> Result<usize, Trouble> {
        let wanted = self.wanted(release)?;
        let mut count = 0;
        for pod in scene.serving_pods() {
            if pod.labels().get(NAME).is_some_and(|name| name == self.part) {
                runs(pod, &wanted)?;
                count += 1;
            }
        }
        ensure(count > 0, || {
            let hint = scene.kubectl(&format!("get pods -l {NAME}={}", self.part));
            Trouble::new(format!("no pod of {} runs", self.name), hint)
        })?;
        Ok(count)
    }

    /// The digest of each container. All of them run the image of their part; the release says which one that is, and
    /// the workload itself where a release of before is there that has recorded none.
    fn wanted(&self, release: &BTreeMap<String, String>) -> Result<BTreeMap<&str, &str>, Trouble> {
        let mut wanted = BTreeMap::new();
        for (container, image) in images(self.spec) {
            let of = format!("container `{container}` of {}", self.name);
            let digest = digest(image).ok_or_else(|| {
                let cause = format!("{of} has an image without a digest: `{image}`");
                Trouble::new(cause, "shopctl deploy")
            })?;
            let known = release.get(self.part).map_or("no image", String::as_str);
            ensure(release.is_empty() || digest == known, || {
                let cause = format!("{of} has image {digest}, the release {known}");
                Trouble::new(cause, "shopctl deploy")
            })?;
            wanted.insert(container, digest);
        }
        Ok(wanted)
    }
}

/// Fails when a container runs something else: what it was made with counts, as the runtime may call the same image by
/// another digest. Containers that the workload does not name were put in by the cluster, such as those of a mesh.
fn runs(pod: &Pod, wanted: &BTreeMap<&str, &str>) -> Result<(), Trouble> {
    let running = pod.spec.as_ref().map(images).unwrap_or_default();
    for (container, digest) in wanted {
        let image = running.get(container).copied().unwrap_or("nothing");
        ensure(self::digest(image) == Some(*digest), || {
            let cause = format!(
                "pod `{}` runs {image} in container `{container}`, not the release's {digest}",
                pod.name_any()
            );
            Trouble::new(cause, "shopctl deploy")
        })?;
    }
    Ok(())
}

/// The image of every container.
fn images(spec: &PodSpec) -> BTreeMap<&str, &str> {
    let first = spec.init_containers.iter().flatten();
    let all = first.chain(&spec.containers);
    all.map(|container| {
        let image = container.image.as_deref().unwrap_or("no image");
        (container.name.as_str(), image)
    })
    .collect()
}

fn digest(image: &str) -> Option<&str> {
    image.split_once('@').map(|(_, digest)| digest)
}
