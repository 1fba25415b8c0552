//! The replicas of a service are on more than one node, where there is more than one for it.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;

use super::list::OfObjects;
use super::scene::Scene;
use crate::platform::Error;
use crate::platform::checks::check::{Check, When};
use crate::platform::checks::trouble::{Judgement, Trouble};
use crate::platform::kube::Node;
use crate::platform::kube::labels::NAME;

/// The check.
pub const CHECK: Check<OfObjects> = Check {
    name: "spread",
    title: "the replicas of a service are spread over the nodes",
    needs: &[],
    when: When::Together,
    judge: |scene| Box::pin(judge(scene)),
};

/// A warning, not a failure: a scheduler without room puts pods where they can run.
async fn judge(scene: &Scene<'_>) -> Judgement {
    let nodes: BTreeSet<_> = scene.serving_pods().filter_map(node).collect();
    if nodes.len() > 1 {
        return each_service(scene, nodes.len());
    }
    let place = nodes.first().copied().unwrap_or_default();
    match other_nodes(scene, place).await {
        Ok(0) => Ok(format!("`{place}` is the only node that takes pods")),
        Ok(others) => {
            let cause =
                format!("all pods are on node `{place}`, and {others} more would take some");
            let next = scene.kubectl("rollout restart deployment");
            Err(Trouble::warning(cause, next))
        }
        // The Role of `verify` knows one namespace, and nodes are in none.
        Err(error) => {
            let cause = format!(
                "all pods are on node `{place}`; whether others take pods is unknown: {error}"
            );
            let next = "let the account list nodes, with a ClusterRole, or run `shopctl verify` as somebody who may";
            Err(Trouble::warning(cause, next))
        }
    }
}

/// How many nodes besides this one take pods.
async fn other_nodes(scene: &Scene<'_>, place: &str) -> Result<usize, Error> {
    let nodes = Node::list(scene.cluster).await?;
    let others = nodes.iter().filter(|node| node.name != place);
    Ok(others.filter(|node| node.takes_pods()).count())
}

fn each_service(scene: &Scene<'_>, nodes: usize) -> Judgement {
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
    Ok(format!("over {nodes} nodes"))
}

fn node(pod: &Pod) -> Option<&str> {
    pod.spec.as_ref()?.node_name.as_deref()
}
