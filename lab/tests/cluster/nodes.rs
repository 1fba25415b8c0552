//! The nodes, as `kubectl` on the control plane sees them.

use serde_json::Value;

use crate::site::Site;

const GET: &str = "sudo kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes -o json";

/// Asserts that exactly these nodes are there, that they are ready and run that version.
pub fn assert_ready(site: &Site, names: &[&str], version: &str) {
    let nodes = get(site).expect("the API server answers");
    let mut seen: Vec<_> = nodes.iter().map(name).collect();
    seen.sort_unstable();
    assert_eq!(seen, names);
    for node in &nodes {
        assert!(ready(node), "{} is not ready", name(node));
        let runs = node["status"]["nodeInfo"]["kubeletVersion"]
            .as_str()
            .unwrap();
        let wanted = format!("v{version}");
        assert!(
            runs == wanted || runs.starts_with(&format!("{wanted}.")),
            "{} runs {runs}, not {wanted}",
            name(node)
        );
    }
}

/// Whether a node is there and ready.
pub fn is_ready(site: &Site, host: &str) -> bool {
    get(site).is_some_and(|nodes| nodes.iter().any(|node| name(node) == host && ready(node)))
}

fn get(site: &Site) -> Option<Vec<Value>> {
    let text = site.lab().ssh("host-1", &[GET]).ok()?;
    let list: Value = serde_json::from_str(&text).ok()?;
    Some(list["items"].as_array()?.clone())
}

fn name(node: &Value) -> &str {
    node["metadata"]["name"].as_str().unwrap_or_default()
}

fn ready(node: &Value) -> bool {
    let conditions = node["status"]["conditions"].as_array();
    conditions.is_some_and(|all| {
        all.iter()
            .any(|one| one["type"] == "Ready" && one["status"] == "True")
    })
}
