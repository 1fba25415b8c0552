//! An image can be pulled on every node.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;

use super::list::OfCluster;
use super::probe::{IMAGE, Probe};
use super::proof::Proof;
use super::why::why;
use crate::platform::checks::check::{Check, When};
use crate::platform::checks::trouble::{Judgement, Trouble};
use crate::platform::kube::{Look, trouble_of};

/// The check.
pub const CHECK: Check<OfCluster> = Check {
    name: "cluster-image",
    title: "an image is pulled and a pod starts, on every node",
    needs: &[],
    when: When::Together,
    judge: |proof| Box::pin(judge(proof)),
};

/// A first pull through a slow line.
const LIMIT: Duration = Duration::from_secs(90);

async fn judge(proof: &Proof<'_>) -> Judgement {
    let digests = pulled(proof).await?;
    let count = digests.len();
    let different: BTreeSet<_> = digests.into_iter().collect();
    let different: Vec<_> = different.into_iter().collect();
    let nodes = if count == 1 { "node" } else { "nodes" };
    Ok(format!(
        "{IMAGE} on {count} {nodes}: {}",
        different.join(", ")
    ))
}

/// Waits until the container on every node has started; the digests of their images.
pub async fn pulled(proof: &Proof<'_>) -> Result<Vec<String>, Trouble> {
    let (probes, pods) = (proof.probes().await?, proof.pods().await?);
    let started = pods.wait(LIMIT, |pods| look(pods, probes)).await;
    match started {
        Ok(digests) => Ok(digests),
        Err(late) => Err(unfinished(proof, probes, late).await),
    }
}

async fn unfinished(
    proof: &Proof<'_>,
    probes: &[Probe],
    late: crate::platform::kube::Late,
) -> Trouble {
    let pods = proof.scratch.objects::<Pod>();
    let mut slow = None;
    for probe in probes {
        let pod = pods.get_opt(&probe.name).await.ok().flatten();
        if pod.is_none_or(|pod| digest(&pod).is_none()) {
            slow = Some(probe);
            break;
        }
    }
    let probe = slow.unwrap_or(&probes[0]);
    let hint = proof
        .cluster
        .kubectl(&format!("describe node {}", probe.node));
    let waited_for = format!(
        "waited {} s for pod `{}` to start on node `{}`",
        LIMIT.as_secs(),
        probe.name,
        probe.node
    );
    why(proof, late, &probe.name, &waited_for, hint).await
}

fn look(pods: &BTreeMap<String, Pod>, probes: &[Probe]) -> Look<Vec<String>> {
    let mine: Vec<_> = probes
        .iter()
        .filter_map(|probe| pods.get(&probe.name))
        .collect();
    let mut doubt = None;
    for pod in &mine {
        match trouble_of(pod) {
            Some(trouble) if trouble.certain => return Look::Failed(trouble.cause),
            Some(trouble) => doubt = Some(trouble.cause),
            None => {}
        }
    }
    let digests: Vec<_> = mine.iter().filter_map(|pod| digest(pod)).collect();
    match doubt {
        _ if digests.len() == probes.len() => Look::Done(digests),
        Some(cause) => Look::Doubt(cause),
        None => Look::Wait,
    }
}

/// The digest of the image of a container that runs or has run.
fn digest(pod: &Pod) -> Option<String> {
    let statuses = pod.status.as_ref()?.container_statuses.as_ref()?;
    let container = statuses.first()?;
    let state = container.state.as_ref()?;
    (state.running.is_some() || state.terminated.is_some()).then_some(())?;
    let id = &container.image_id;
    Some(
        id.rsplit_once('@')
            .map_or(id.as_str(), |(_, digest)| digest)
            .to_owned(),
    )
}
