//! A node, as far as anybody asks.

use k8s_openapi::api::core::v1::{Node as Api, NodeCondition, Taint};
use kube::api::ListParams;
use kube::{Api as Objects, ResourceExt as _};

use super::cluster::Cluster;
use crate::platform::Error;

/// The label prefix of roles.
const ROLE: &str = "node-role.kubernetes.io/";

/// One node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The name.
    pub name: String,
    /// Why it is not ready; none when it is.
    pub trouble: Option<String>,
    /// What it is for, such as `control-plane`.
    pub roles: Vec<String>,
    /// The version of its kubelet.
    pub version: String,
    /// The address that other nodes use.
    pub internal: Option<String>,
    /// The address that the world uses; none where nobody has told.
    pub external: Option<String>,
    /// Whether new pods are kept away.
    pub cordoned: bool,
    /// Whether only pods that tolerate something are put there.
    pub tainted: bool,
}

impl Node {
    /// All nodes, by name.
    pub async fn list(cluster: &Cluster) -> Result<Vec<Self>, Error> {
        let nodes: Objects<Api> = Objects::all(cluster.client.clone());
        let listed = nodes.list(&ListParams::default()).await;
        let listed = listed.map_err(|error| cluster.failed("list the nodes", &error))?;
        let mut nodes: Vec<_> = listed.items.iter().map(Self::of).collect();
        nodes.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(nodes)
    }

    /// The address at which somebody outside of the cluster reaches it.
    pub fn address(&self) -> Option<&str> {
        self.external.as_deref().or(self.internal.as_deref())
    }

    /// Whether a pod that tolerates nothing can be put there.
    pub fn takes_pods(&self) -> bool {
        self.trouble.is_none() && !self.cordoned && !self.tainted
    }

    fn of(node: &Api) -> Self {
        let status = node.status.clone().unwrap_or_default();
        let address = |kind: &str| {
            let addresses = status.addresses.iter().flatten();
            let mut of_kind = addresses.filter(|address| address.type_ == kind);
            of_kind.next().map(|address| address.address.clone())
        };
        let roles = node
            .labels()
            .keys()
            .filter_map(|label| label.strip_prefix(ROLE));
        Self {
            name: node.name_any(),
            trouble: trouble(status.conditions.as_deref().unwrap_or_default()),
            roles: roles.map(str::to_owned).collect(),
            version: status
                .node_info
                .map(|info| info.kubelet_version)
                .unwrap_or_default(),
            internal: address("InternalIP"),
            external: address("ExternalIP"),
            cordoned: node
                .spec
                .as_ref()
                .is_some_and(|spec| spec.unschedulable == Some(true)),
            tainted: taints(node).any(|taint| taint.effect != "PreferNoSchedule"),
        }
    }
}

fn taints(node: &Api) -> impl Iterator<Item = &Taint> {
    let spec = node.spec.as_ref();
    spec.and_then(|spec| spec.taints.as_ref())
        .into_iter()
        .flatten()
}

/// The first condition that is not as it should be.
fn trouble(conditions: &[NodeCondition]) -> Option<String> {
    let Some(ready) = conditions
        .iter()
        .find(|condition| condition.type_ == "Ready")
    else {
        return Some("its kubelet has not reported yet".to_owned());
    };
    if ready.status != "True" {
        return Some(said("not Ready", ready));
    }
    let pressed =
        |condition: &&NodeCondition| condition.type_ != "Ready" && condition.status == "True";
    let condition = conditions.iter().find(pressed)?;
    Some(said(&condition.type_, condition))
}

fn said(what: &str, condition: &NodeCondition) -> String {
    let message = condition.message.as_deref().or(condition.reason.as_deref());
    match message.filter(|message| !message.is_empty()) {
        Some(message) => format!("{what}: {message}"),
        None => what.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn node(conditions: &Value) -> Node {
        let node = json!({
            "metadata": { "name": "host-1", "labels": { "node-role.kubernetes.io/control-plane": "" } },
            "spec": { "unschedulable": true },
            "status": {
                "addresses": [{ "type": "InternalIP", "address": "10.0.0.1" }],
                "conditions": conditions,
            },
        });
        Node::of(&serde_json::from_value(node).unwrap())
    }

    #[test]
    fn a_ready_node_has_no_trouble() {
        let node = node(&json!([
            { "type": "MemoryPressure", "status": "False" },
            { "type": "Ready", "status": "True" },
        ]));
        assert_eq!(node.trouble, None);
        assert_eq!(node.roles, ["control-plane"]);
        assert_eq!(node.address(), Some("10.0.0.1"));
        assert!(node.cordoned && !node.takes_pods());
    }

    #[test]
    fn a_taint_keeps_pods_away_unless_it_only_asks_to() {
        let tainted = |effect: &str| {
            let node = json!({
                "spec": { "taints": [{ "key": "k", "effect": effect }] },
                "status": { "conditions": [{ "type": "Ready", "status": "True" }] },
            });
            Node::of(&serde_json::from_value(node).unwrap())
        };
        assert!(!tainted("NoSchedule").takes_pods());
        assert!(!tainted("NoExecute").takes_pods());
        assert!(tainted("PreferNoSchedule").takes_pods());
    }

    #[test]
    fn trouble_is_said_in_the_words_of_the_kubelet() {
        let not_ready = json!([{ "type": "Ready", "status": "False", "message": "cni plugin not initialized" }]);
        assert_eq!(
            node(&not_ready).trouble.unwrap(),
            "not Ready: cni plugin not initialized"
        );
        let pressed = json!([
            { "type": "Ready", "status": "True" },
            { "type": "DiskPressure", "status": "True", "reason": "KubeletHasDiskPressure" },
        ]);
        assert_eq!(
            node(&pressed).trouble.unwrap(),
            "DiskPressure: KubeletHasDiskPressure"
        );
        assert!(node(&json!([])).trouble.is_some());
    }
}
