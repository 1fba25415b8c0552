//! What the checks of one cluster share: the nodes, the scratch namespace, the pods on every node and what they said.

use std::sync::atomic::{AtomicBool, Ordering};

use k8s_openapi::api::core::v1::Pod;
use tokio::sync::OnceCell;

use super::probe::{self, Probe};
use super::report::{self, Report};
use crate::platform::checks::trouble::Trouble;
use crate::platform::kube::{Cluster, Node, Scratch, Watched};

/// One proof of a cluster.
pub struct Proof<'a> {
    /// The cluster.
    pub cluster: &'a Cluster,
    /// Where the proof takes place.
    pub scratch: Scratch,
    written: AtomicBool,
    nodes: OnceCell<Result<Vec<Node>, Trouble>>,
    pods: OnceCell<Result<Watched<Pod>, Trouble>>,
    probes: OnceCell<Result<Vec<Probe>, Trouble>>,
    reports: OnceCell<Result<Vec<Report>, Trouble>>,
}

impl<'a> Proof<'a> {
    /// A proof of that cluster. Nothing is made yet.
    pub fn new(cluster: &'a Cluster) -> Self {
        Self {
            cluster,
            scratch: Scratch::new(cluster),
            written: AtomicBool::new(false),
            nodes: OnceCell::new(),
            pods: OnceCell::new(),
            probes: OnceCell::new(),
            reports: OnceCell::new(),
        }
    }

    /// Whether there may be anything that must be removed.
    pub fn has_written(&self) -> bool {
        self.written.load(Ordering::Relaxed)
    }

    /// All nodes.
    pub async fn nodes(&self) -> Result<&[Node], Trouble> {
        let list = async || {
            let nodes = Node::list(self.cluster).await;
            nodes.map_err(|error| Trouble::from_platform(&error))
        };
        shared(self.nodes.get_or_init(list).await).map(Vec::as_slice)
    }

    /// The pods of the scratch namespace, which the first who asks makes.
    pub async fn pods(&self) -> Result<&Watched<Pod>, Trouble> {
        let make = async || {
            self.written.store(true, Ordering::Relaxed);
            let ((), made) = tokio::join!(Scratch::sweep(self.cluster), self.scratch.make());
            made.map_err(|error| Trouble::from_platform(&error))?;
            Ok(Watched::begin(self.scratch.objects()))
        };
        shared(self.pods.get_or_init(make).await)
    }

    /// The pods on every node that is Ready, and the Services in front of them.
    pub async fn probes(&self) -> Result<&[Probe], Trouble> {
        let make = async || {
            let (nodes, _) = (self.nodes().await?, self.pods().await?);
            probe::make(self, nodes).await
        };
        shared(self.probes.get_or_init(make).await).map(Vec::as_slice)
    }

    /// What those pods said.
    pub async fn reports(&self) -> Result<&[Report], Trouble> {
        let listen = async || report::listen(self, self.probes().await?).await;
        shared(self.reports.get_or_init(listen).await).map(Vec::as_slice)
    }
}

fn shared<T>(result: &Result<T, Trouble>) -> Result<&T, Trouble> {
    result.as_ref().map_err(Clone::clone)
}
