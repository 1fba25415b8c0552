//! Every node is Ready.

use std::collections::BTreeMap;

use super::list::OfCluster;
use super::proof::Proof;
use crate::platform::checks::check::{Check, When};
use crate::platform::checks::trouble::{Judgement, Trouble, ensure};
use crate::platform::kube::Node;

/// The check.
pub const CHECK: Check<OfCluster> = Check {
    name: "cluster-nodes",
    title: "every node is Ready, at the version of the API",
    needs: &[],
    when: When::Together,
    judge: |proof| Box::pin(judge(proof)),
};

async fn judge(proof: &Proof<'_>) -> Judgement {
    let nodes = proof.nodes().await?;
    ensure(!nodes.is_empty(), || {
        let hint = "shopctl cluster up --inventory FILE";
        Trouble::new("the cluster has no node", hint)
    })?;
    let cluster = proof.cluster;
    if let Some((node, trouble)) = nodes
        .iter()
        .find_map(|node| Some((node, node.trouble.as_ref()?)))
    {
        return Err(Trouble::new(
            format!("node `{}` is {trouble}", node.name),
            cluster.kubectl(&format!("describe node {}", node.name)),
        ));
    }
    let other = nodes
        .iter()
        .find(|node| !fits(&node.version, &cluster.version));
    if let Some(node) = other {
        return Err(Trouble::new(
            format!(
                "node `{}` runs {}, and the API {}",
                node.name, node.version, cluster.version
            ),
            "shopctl cluster upgrade --inventory FILE",
        ));
    }
    Ok(evidence(nodes))
}

/// A kubelet is never newer than the API and at most three minor versions older.
fn fits(kubelet: &str, api: &str) -> bool {
    match (minor(kubelet), minor(api)) {
        (Some(kubelet), Some(api)) => kubelet <= api && kubelet + 3 >= api,
        _ => true,
    }
}

fn minor(version: &str) -> Option<u32> {
    version.strip_prefix("v1.")?.split('.').next()?.parse().ok()
}

fn evidence(nodes: &[Node]) -> String {
    let mut versions = BTreeMap::new();
    for node in nodes {
        *versions.entry(node.version.as_str()).or_insert(0) += 1;
    }
    let versions: Vec<_> = versions
        .into_iter()
        .map(|(version, count)| format!("{count} × {version}"))
        .collect();
    let cordoned: Vec<_> = nodes
        .iter()
        .filter(|node| node.cordoned)
        .map(|node| node.name.as_str())
        .collect();
    if cordoned.is_empty() {
        return versions.join(", ");
    }
    format!("{}; cordoned: {}", versions.join(", "), cordoned.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_skew_that_kubernetes_allows() {
        assert!(fits("v1.36.3", "v1.36.3"));
        assert!(fits("v1.33.0", "v1.36.3"));
        assert!(!fits("v1.32.9", "v1.36.3"));
        assert!(!fits("v1.37.1", "v1.36.3"));
        assert!(fits("v1.36.3-eks-1", "v1.36.1"));
    }
}
