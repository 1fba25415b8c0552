//! What became of a cluster, and what it is made of.

use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use serde_json::json;

use super::Printer;
use super::checks::{self, Verification};
use super::table::columns;
use crate::platform::CheckResult;
use crate::platform::kube::{ClusterStatus, Node};

/// A cluster that was made, and what was checked.
#[derive(Debug)]
pub struct Made<'a> {
    /// Its name.
    pub name: &'a str,
    /// The API's version.
    pub version: &'a str,
    /// The file that leads to it.
    pub kubeconfig: &'a Path,
    /// The context in the operator's own kubeconfig, where it was added.
    pub context: Option<&'a str>,
    /// How many hosts took part.
    pub hosts: usize,
    /// How many tasks changed something.
    pub changed: u32,
    /// How long everything took.
    pub took: Duration,
    /// What was checked.
    pub results: &'a [CheckResult],
    /// Whether the verb goes on with a shop, which then has the last word.
    pub shop_follows: bool,
}

#[derive(Debug, Serialize)]
struct MadeModel<'a> {
    cluster: &'a str,
    version: &'a str,
    kubeconfig: &'a Path,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'a str>,
    hosts: usize,
    changed_tasks: u32,
    duration_ms: u128,
    verification: Verification,
}

/// Says how the cluster is, what was checked and what to type next.
pub fn made(printer: &Printer, made: &Made<'_>) {
    let passed = |result: &CheckResult| result.verdict.is_good();
    let all_passed = made.results.iter().all(passed);
    if !printer.is_human() {
        // One document a call: where a shop follows, it is the shop's.
        if !(made.shop_follows && all_passed) {
            printer.document(&made_model(made));
        }
        return;
    }
    checks::human(printer, made.results);
    printer.line("");
    if all_passed {
        farewell(printer, made);
    } else {
        printer.line(&format!(
            "Cluster `{}` is there, but not as it should be.",
            made.name
        ));
    }
}

fn made_model<'a>(made: &Made<'a>) -> MadeModel<'a> {
    MadeModel {
        cluster: made.name,
        version: made.version,
        kubeconfig: made.kubeconfig,
        context: made.context,
        hosts: made.hosts,
        changed_tasks: made.changed,
        duration_ms: made.took.as_millis(),
        verification: Verification::of(made.results),
    }
}

fn farewell(printer: &Printer, made: &Made<'_>) {
    let changed = match made.changed {
        0 => "unchanged".to_owned(),
        1 => "1 task changed something".to_owned(),
        count => format!("{count} tasks changed something"),
    };
    let hosts = if made.hosts == 1 { "host" } else { "hosts" };
    printer.line(&format!(
        "Cluster `{}` runs Kubernetes {} on {} {hosts} and can carry a shop ({:.1} s, {changed}).",
        printer.bold(made.name),
        made.version,
        made.hosts,
        made.took.as_secs_f64(),
    ));
    if made.shop_follows {
        return;
    }
    printer.line("Next:");
    let way = match made.context {
        Some(context) => format!("kubectl --context {context}"),
        None => format!("kubectl --kubeconfig {}", made.kubeconfig.display()),
    };
    let next = [
        (format!("{way} get nodes"), "look at it"),
        ("shopctl status --target ec2".to_owned(), "how it is"),
        ("shopctl verify --target ec2".to_owned(), "prove it again"),
    ];
    let rows = next.map(|(words, why)| [words, why.to_owned()]);
    printer.result(&columns(&rows));
}

/// Says that the cluster is gone.
pub fn down(printer: &Printer, name: &str, hosts: usize, data_deleted: bool) {
    if !printer.is_human() {
        printer.document(&json!({ "cluster": name, "hosts": hosts, "data_deleted": data_deleted }));
        return;
    }
    let data = if data_deleted {
        "its volumes are removed"
    } else {
        "its volumes stay on them"
    };
    let hosts = if hosts == 1 {
        "1 host".to_owned()
    } else {
        format!("{hosts} hosts")
    };
    printer.line(&format!("Cluster `{name}` is off its {hosts}; {data}."));
}

#[derive(Debug, Serialize)]
struct StatusModel<'a> {
    cluster: &'a str,
    server: &'a str,
    version: &'a str,
    kubeconfig: &'a Path,
    ready: bool,
    nodes: Vec<NodeModel<'a>>,
    missing_hosts: &'a [String],
}

#[derive(Debug, Serialize)]
struct NodeModel<'a> {
    name: &'a str,
    ready: bool,
    roles: &'a [String],
    version: &'a str,
    address: Option<&'a str>,
    cordoned: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'a str>,
}

/// Prints the state of a cluster.
pub fn status(printer: &Printer, status: &ClusterStatus) {
    if !printer.is_human() {
        printer.document(&status_model(status));
        return;
    }
    printer.line(&format!("cluster     {}", status.name));
    printer.line(&format!("kubernetes  {}", status.version));
    printer.line(&format!("address     {}", status.server));
    printer.line(&format!("kubeconfig  {}", status.kubeconfig.display()));
    printer.line("");
    printer.result(&columns(&status.nodes.iter().map(row).collect::<Vec<_>>()));
    for node in &status.nodes {
        if let Some(trouble) = &node.trouble {
            printer.line(&format!("\n{} is {trouble}", node.name));
        }
    }
    for host in &status.missing {
        printer.line(&format!(
            "\n{host} is in the inventory and not in the cluster; `shopctl cluster up` adds it"
        ));
    }
}

fn row(node: &Node) -> [String; 5] {
    let state = match (&node.trouble, node.cordoned) {
        (Some(_), _) => "not ready",
        (None, true) => "ready, cordoned",
        (None, false) => "ready",
    };
    let roles = if node.roles.is_empty() {
        "worker".to_owned()
    } else {
        node.roles.join(", ")
    };
    [
        node.name.clone(),
        state.to_owned(),
        roles,
        node.version.clone(),
        node.address().unwrap_or_default().to_owned(),
    ]
}

fn status_model(status: &ClusterStatus) -> StatusModel<'_> {
    StatusModel {
        cluster: &status.name,
        server: &status.server,
        version: &status.version,
        kubeconfig: &status.kubeconfig,
        ready: status.is_ready(),
        nodes: status.nodes.iter().map(node_model).collect(),
        missing_hosts: &status.missing,
    }
}

fn node_model(node: &Node) -> NodeModel<'_> {
    NodeModel {
        name: &node.name,
        ready: node.trouble.is_none(),
        roles: &node.roles,
        version: &node.version,
        address: node.address(),
        cordoned: node.cordoned,
        cause: node.trouble.as_deref(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn a_missing_host_is_not_ready() {
        let node = Node {
            name: "host-1".to_owned(),
            trouble: None,
            roles: vec!["control-plane".to_owned()],
            version: "v1.36.3".to_owned(),
            internal: Some("10.0.0.1".to_owned()),
            external: None,
            cordoned: false,
            tainted: false,
        };
        let hosts = ["host-1", "host-2"].map(str::to_owned);
        let status = ClusterStatus {
            name: "shopmicro".to_owned(),
            server: "https://10.0.0.1:6443".to_owned(),
            version: "v1.36.3".to_owned(),
            kubeconfig: PathBuf::from("/state/kubeconfig"),
            nodes: vec![node],
            missing: Vec::new(),
        };
        assert!(status.is_ready());
        insta::assert_json_snapshot!(status_model(&status.expecting(hosts.iter())));
    }
}
