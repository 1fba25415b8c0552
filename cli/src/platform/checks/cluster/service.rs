//! A Service is reached across nodes.

use super::list::OfCluster;
use super::proof::Proof;
use super::report::Report;
use crate::platform::checks::check::{Check, When};
use crate::platform::checks::trouble::{Judgement, Trouble};

/// The check.
pub const CHECK: Check<OfCluster> = Check {
    name: "cluster-service",
    title: "a Service is reached from a pod on another node, from every node",
    needs: &["cluster-image"],
    when: When::Together,
    judge: |proof| Box::pin(judge(proof)),
};

async fn judge(proof: &Proof<'_>) -> Judgement {
    let reports = proof.reports().await?;
    for report in reports {
        if let Err(answer) = &report.service {
            let (node, peer) = (&report.probe.node, &report.probe.peer);
            return Err(Trouble::new(
                format!(
                    "a pod on node `{node}` cannot reach the Service of a pod on node `{peer}`: {answer}"
                ),
                format!(
                    "let the nodes reach each other on UDP 8472 (VXLAN); see `{}`",
                    proof.cluster.kubectl("get pods -A -o wide")
                ),
            ));
        }
    }
    Ok(evidence(reports))
}

fn evidence(reports: &[Report]) -> String {
    if let [only] = reports {
        return format!("on `{}`, the only node", only.probe.node);
    }
    let ways = reports.iter().map(|report| {
        let probe = &report.probe;
        format!("{} → {}", probe.node, probe.peer)
    });
    ways.collect::<Vec<_>>().join(", ")
}
