//! The pods that prove a node, and the Services in front of them.

use futures_util::future::try_join_all;
use k8s_openapi::api::core::v1::{Pod, Service};
use serde_json::{Value, json};

use super::proof::Proof;
use crate::platform::checks::trouble::Trouble;
use crate::platform::kube::{ACCOUNT, Node};

/// What runs in every pod of a proof.
pub const IMAGE: &str = "docker.io/library/busybox:1.37";

/// What the pods on the nodes do.
const SCRIPT: &str = include_str!("probe.sh");

/// The label that a Service finds its pod by.
const LABEL: &str = "shopmicro.io/probe";

/// Kubernetes ends a pod after so many seconds, should nobody be there to remove it.
const DEADLINE_SECONDS: u32 = 900;

/// One node's pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The node that it runs on.
    pub node: String,
    /// The name of the pod and of its Service.
    pub name: String,
    /// The node whose page it fetches.
    pub peer: String,
}

/// A pod on every node that is Ready, each asking the next one.
pub async fn make(proof: &Proof<'_>, nodes: &[Node]) -> Result<Vec<Probe>, Trouble> {
    let ready: Vec<_> = nodes
        .iter()
        .filter(|node| node.trouble.is_none())
        .map(|node| node.name.clone())
        .collect();
    if ready.is_empty() {
        let hint = proof.cluster.kubectl("describe nodes");
        return Err(Trouble::new("no node is Ready", hint));
    }
    let probes = ring(&ready);
    let services = try_join_all(probes.iter().map(|probe| expose(proof, probe))).await?;
    let pods = probes.iter().enumerate().map(|(place, probe)| {
        let service = &services[(place + 1) % services.len()];
        start(proof, probe, service)
    });
    try_join_all(pods).await?;
    Ok(probes)
}

/// Every node asks the next one, and the last one the first.
fn ring(nodes: &[String]) -> Vec<Probe> {
    let probe = |(place, node): (usize, &String)| Probe {
        node: node.clone(),
        name: format!("on-{place}"),
        peer: nodes[(place + 1) % nodes.len()].clone(),
    };
    nodes.iter().enumerate().map(probe).collect()
}

/// Makes the Service; its address.
async fn expose(proof: &Proof<'_>, probe: &Probe) -> Result<String, Trouble> {
    let service = json!({
        "apiVersion": "v1",
        "kind": "Service",
        "spec": {
            "selector": { LABEL: probe.name },
            "ports": [{ "port": 80, "targetPort": 8080 }],
        },
    });
    let made = proof.scratch.apply::<Service>(&probe.name, service).await;
    let made = made.map_err(|error| Trouble::from_platform(&error))?;
    Ok(made
        .spec
        .and_then(|spec| spec.cluster_ip)
        .unwrap_or_default())
}

async fn start(proof: &Proof<'_>, probe: &Probe, service: &str) -> Result<(), Trouble> {
    let environment = [
        ("PROOF", proof.scratch.name.as_str()),
        ("NODE", &probe.node),
        ("PEER", &probe.peer),
        ("SERVICE", service),
    ];
    let environment = environment.map(|(name, value)| json!({ "name": name, "value": value }));
    let mut pod = pod(&json!({
        "command": ["sh", "-c", SCRIPT],
        "env": environment,
        "ports": [{ "containerPort": 8080 }],
        // The point is that it can be pulled, not that somebody has pulled it once.
        "imagePullPolicy": "Always",
    }));
    pod["metadata"]["labels"] = json!({ LABEL: probe.name });
    let node = json!({ "key": "metadata.name", "operator": "In", "values": [probe.node] });
    let term = json!({ "matchFields": [node] });
    pod["spec"]["affinity"] = json!({ "nodeAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": { "nodeSelectorTerms": [term] },
    } });
    // Every node is to be proven, also one that is kept for something.
    pod["spec"]["tolerations"] = json!([{ "operator": "Exists" }]);
    let made = proof.scratch.apply::<Pod>(&probe.name, pod).await;
    made.map(drop)
        .map_err(|error| Trouble::from_platform(&error))
}

/// A pod with one container that the strictest Pod Security admits; `container` adds to it.
pub fn pod(container: &Value) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {},
        "spec": pod_spec(container),
    })
}

/// What [`pod`] is made of, for templates.
pub fn pod_spec(container: &Value) -> Value {
    let mut main = json!({
        "name": "main",
        "image": IMAGE,
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "resources": {
            "requests": { "cpu": "5m", "memory": "8Mi" },
            "limits": { "memory": "64Mi" },
        },
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "capabilities": { "drop": ["ALL"] },
            "readOnlyRootFilesystem": true,
        },
        "volumeMounts": [{ "name": "tmp", "mountPath": "/tmp" }],
    });
    if let (Some(main), Some(container)) = (main.as_object_mut(), container.as_object()) {
        main.extend(container.clone());
    }
    json!({
        "serviceAccountName": ACCOUNT,
        "automountServiceAccountToken": false,
        "enableServiceLinks": false,
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": 1,
        "activeDeadlineSeconds": DEADLINE_SECONDS,
        "securityContext": {
            "runAsNonRoot": true,
            "runAsUser": 65534,
            "runAsGroup": 65534,
            "fsGroup": 65534,
            "seccompProfile": { "type": "RuntimeDefault" },
        },
        "containers": [main],
        "volumes": [{ "name": "tmp", "emptyDir": {} }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_is_asked_by_another_one() {
        let nodes = ["a", "b", "c"].map(str::to_owned);
        let asked: Vec<_> = ring(&nodes)
            .into_iter()
            .map(|probe| (probe.node, probe.peer))
            .collect();
        let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(asked, [pair("a", "b"), pair("b", "c"), pair("c", "a")]);
        assert_eq!(ring(&nodes[..1])[0].peer, "a");
    }

    #[test]
    fn a_pod_is_what_kubernetes_calls_one() {
        let pod = pod(&json!({ "command": ["true"] }));
        let pod: Pod = serde_json::from_value(pod).unwrap();
        let container = &pod.spec.unwrap().containers[0];
        assert_eq!(container.image.as_deref(), Some(IMAGE));
        assert_eq!(container.command.as_deref().unwrap(), ["true"]);
    }
}
