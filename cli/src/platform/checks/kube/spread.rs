//! The replicas of a service are on more than one node, where the shop has more than one.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;

use super::list::OfObjects;
use super::scene::Scene;
use crate::platform::checks::check::{Check, When};
use crate::platform::checks::trouble::{Judgement, Trouble};

/// The check.
pub const CHECK: Check<OfObjects> = Check {
    name: "spread",
    title: "the replicas of a service are spread over the nodes",
    needs: &[],
    when: When::Together,
    judge: |scene| Box::pin(std::future::ready(judge(scene))),
};

/// The label that says which workload a pod belongs to.
const NAME: &str = "app.kubernetes.io/name";

/// A warning, not a failure: a scheduler without room puts pods where they can run.
fn judge(scene: &Scene<'_>) -> Judgement {
    let nodes: BTreeSet<_> = scene.serving_pods().filter_map(node).collect();
    if nodes.len() < 2 {
        return Ok("the shop has one node".to_owned());
    }
    for deployment in &scene.deployments {
        let name = deployment.labels().get(NAME);
        let own: Vec<_> = scene
            .serving_pods()
            .filter(|pod| pod.labels().get(NAME) == name)
            .collect();
        let used: BTreeSet<_> = own.iter().filter_map(|pod| node(pod)).collect();
        if own.len() > 1 && used.len() == 1 {
            let place = used.first().copied().unwrap_or_default();
            let cause = format!(
                "all {} pods of `{}` are on node `{place}`",
                own.len(),
                deployment.name_any()
            );
            let words = format!("rollout restart deployment/{}", deployment.name_any());
            return Err(Trouble::warning(cause, scene.kubectl(&words)));
        }
    }
    Ok(format!("over {} nodes", nodes.len()))
}

fn node(pod: &Pod) -> Option<&str> {
    pod.spec.as_ref()?.node_name.as_deref()
}
