//! What a cluster is made of, for `status`.

use std::path::PathBuf;

use super::cluster::Cluster;
use super::node::Node;
use crate::platform::Error;

/// The state of a cluster.
#[derive(Debug, Clone)]
pub struct ClusterStatus {
    /// Its name.
    pub name: String,
    /// The API's address.
    pub server: String,
    /// The API's version.
    pub version: String,
    /// The file that leads to it.
    pub kubeconfig: PathBuf,
    /// Every node, by name.
    pub nodes: Vec<Node>,
    /// The hosts of the inventory that are no nodes; empty when no inventory was named.
    pub missing: Vec<String>,
}

impl ClusterStatus {
    /// Looks at the cluster.
    pub async fn of(cluster: &Cluster) -> Result<Self, Error> {
        Ok(Self {
            name: cluster.name.clone(),
            server: cluster.server.clone(),
            version: cluster.version.clone(),
            kubeconfig: cluster.kubeconfig.clone(),
            nodes: Node::list(cluster).await?,
            missing: Vec::new(),
        })
    }

    /// Compares it with the hosts of an inventory.
    pub fn expecting<'a>(mut self, hosts: impl Iterator<Item = &'a String>) -> Self {
        let is_missing = |host: &&String| self.nodes.iter().all(|node| node.name != **host);
        self.missing = hosts.filter(is_missing).cloned().collect();
        self
    }

    /// Whether every node is ready and none is missing.
    pub fn is_ready(&self) -> bool {
        let ready = self.nodes.iter().all(|node| node.trouble.is_none());
        ready && !self.nodes.is_empty() && self.missing.is_empty()
    }
}
