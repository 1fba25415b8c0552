//! Every pod is Ready and runs the images of the release.

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::api::core::v1::{Pod, PodSpec};
use kube::ResourceExt as _;

use super::list::OfObjects;
use super::scene::{Scene, is_to_serve};
use crate::platform::checks::check::{Check, When};
use crate::platform::checks::trouble::{Judgement, Trouble, ensure};
use crate::platform::kube::labels::{NAME, is_of_a_shop};
use crate::platform::kube::{Inventory, Late, Look, Watched, is_ready, trouble_of};

/// The check.
pub const CHECK: Check<OfObjects> = Check {
    name: "pods",
    title: "every pod is Ready and on the digest of its release",
    needs: &[],
    when: When::Together,
    judge: |scene| Box::pin(judge(scene)),
};

/// An autoscaler may have just added a pod, or a node have been drained: so long a pod may take until it is Ready.
const PATIENCE: Duration = Duration::from_secs(30);

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
    let pods = all_ready(scene).await?;
    let workloads: Vec<_> = workloads(scene).collect();
    ensure(!workloads.is_empty(), || {
        let cause = format!("no shop is in namespace `{}`", scene.namespace());
        Trouble::new(cause, "shopctl deploy")
    })?;
    let mut count = 0;
    for workload in &workloads {
        count += workload.judge(scene, &pods, &inventory.images)?;
    }
    Ok(format!("{count} pods of {} workloads", workloads.len()))
}

/// The pods that are to serve, once all of them are Ready.
async fn all_ready(scene: &Scene<'_>) -> Result<Vec<Pod>, Trouble> {
    let seen: Vec<_> = scene.serving_pods().cloned().collect();
    if seen.iter().all(is_ready) {
        return Ok(seen);
    }
    let watched = Watched::begin(scene.objects::<Pod>());
    let mut last = seen.iter().find(|pod| !is_ready(pod)).cloned();
    let ready = watched.wait(PATIENCE, |pods| {
        let looked = look(pods);
        last = pods
            .values()
            .find(|pod| waits(pod))
            .cloned()
            .or(last.take());
        looked
    });
    let late = match ready.await {
        Ok(pods) => return Ok(pods),
        Err(late) => late,
    };
    let name = last.as_ref().map(kube::ResourceExt::name_any);
    let name = name.unwrap_or_default();
    let cause = match late {
        Late::Failed(cause) => Some(cause),
        Late::TimedOut(_) => last.as_ref().and_then(trouble_of).map(|one| one.cause),
    };
    let cause = cause.map_or_else(String::new, |cause| format!(": {cause}"));
    let hint = scene.kubectl(&format!("describe pod {name}"));
    Err(Trouble::new(
        format!("pod `{name}` is not Ready{cause}"),
        hint,
    ))
}

fn is_own(pod: &Pod) -> bool {
    is_of_a_shop(pod) && is_to_serve(pod)
}

/// Whether the pod is to serve and does not yet.
fn waits(pod: &Pod) -> bool {
    is_own(pod) && !is_ready(pod)
}

/// What cannot become well is not waited for.
fn look(pods: &BTreeMap<String, Pod>) -> Look<Vec<Pod>> {
    let mut waiting = pods.values().filter(|pod| waits(pod)).peekable();
    if waiting.peek().is_none() {
        let serving = pods.values().filter(|pod| is_own(pod));
        return Look::Done(serving.cloned().collect());
    }
    let mut troubles = waiting.filter_map(trouble_of);
    match troubles.find(|trouble| trouble.certain) {
        Some(trouble) => Look::Failed(trouble.cause),
        None => Look::Wait,
    }
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
        pods: &[Pod],
        release: &BTreeMap<String, String>,
    ) -> Result<usize, Trouble> {
        let wanted = self.wanted(release)?;
        let mut count = 0;
        for pod in pods {
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
