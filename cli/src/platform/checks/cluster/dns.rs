//! The cluster's DNS answers on every node.

use super::list::OfCluster;
use super::proof::Proof;
use crate::platform::checks::check::{Check, When};
use crate::platform::checks::trouble::{Judgement, Trouble};

/// The check.
pub const CHECK: Check<OfCluster> = Check {
    name: "cluster-dns",
    title: "the name of a Service is resolved in a pod on every node",
    needs: &["cluster-image"],
    when: When::Together,
    judge: |proof| Box::pin(judge(proof)),
};

async fn judge(proof: &Proof<'_>) -> Judgement {
    let reports = proof.reports().await?;
    for report in reports {
        if let Err(answer) = &report.dns {
            let node = &report.probe.node;
            return Err(Trouble::new(
                format!(
                    "`kubernetes.default` cannot be resolved in a pod on node `{node}`: {answer}"
                ),
                proof
                    .cluster
                    .kubectl("-n kube-system get pods -l k8s-app=kube-dns -o wide"),
            ));
        }
    }
    let nodes: Vec<_> = reports
        .iter()
        .map(|report| report.probe.node.as_str())
        .collect();
    Ok(format!("`kubernetes.default` from {}", nodes.join(", ")))
}
