//! Everything in a namespace that can say why something is not ready, as it changes.

use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Event, PersistentVolumeClaim, Pod};
use kube::Api;

use crate::platform::Error;
use crate::platform::kube::diagnosis::Snapshot;
use crate::platform::kube::{Cluster, Watched};

/// The watches of one namespace.
#[derive(Debug)]
pub struct Scene {
    namespace: String,
    deployments: Watched<Deployment>,
    stateful_sets: Watched<StatefulSet>,
    replica_sets: Watched<ReplicaSet>,
    jobs: Watched<Job>,
    pods: Watched<Pod>,
    claims: Watched<PersistentVolumeClaim>,
    events: Watched<Event>,
}

impl Scene {
    /// Begins to watch.
    pub fn begin(cluster: &Cluster, namespace: &str) -> Self {
        let client = &cluster.client;
        Self {
            namespace: namespace.to_owned(),
            deployments: Watched::begin(Api::namespaced(client.clone(), namespace)),
            stateful_sets: Watched::begin(Api::namespaced(client.clone(), namespace)),
            replica_sets: Watched::begin(Api::namespaced(client.clone(), namespace)),
            jobs: Watched::begin(Api::namespaced(client.clone(), namespace)),
            pods: Watched::begin(Api::namespaced(client.clone(), namespace)),
            claims: Watched::begin(Api::namespaced(client.clone(), namespace)),
            events: Watched::begin(Api::namespaced(client.clone(), namespace)),
        }
    }

    /// What is there now; none before all of it is known.
    pub fn now(&mut self) -> Option<Snapshot> {
        // All are asked, so that none of them goes on to say that it has changed.
        let deployments = self.deployments.now();
        let stateful_sets = self.stateful_sets.now();
        let replica_sets = self.replica_sets.now();
        let jobs = self.jobs.now();
        let pods = self.pods.now();
        let claims = self.claims.now();
        let events = self.events.now();
        Some(Snapshot {
            pods: pods?,
            claims: claims?,
            deployments: deployments?,
            stateful_sets: stateful_sets?,
            replica_sets: replica_sets?,
            jobs: jobs?,
            events: events?,
        })
    }

    /// Waits until something is not as it was.
    pub async fn changed(&mut self) {
        tokio::select! {
            () = self.deployments.changed() => {}
            () = self.stateful_sets.changed() => {}
            () = self.replica_sets.changed() => {}
            () = self.jobs.changed() => {}
            () = self.pods.changed() => {}
            () = self.claims.changed() => {}
            () = self.events.changed() => {}
        }
    }

    /// How many errors the watches have met.
    pub fn errors(&self) -> usize {
        self.deployments.errors()
            + self.stateful_sets.errors()
            + self.replica_sets.errors()
            + self.jobs.errors()
            + self.pods.errors()
            + self.claims.errors()
            + self.events.errors()
    }

    /// That the API server does not let us watch one of them.
    pub fn refusal(&self, cluster: &Cluster) -> Option<Error> {
        Some(Error::Cluster {
            action: format!("watch namespace `{}`", self.namespace),
            cause: self.refused()?,
            hint: cluster.kubectl("auth whoami"),
        })
    }

    fn refused(&self) -> Option<String> {
        [
            self.deployments.refusal(),
            self.stateful_sets.refusal(),
            self.replica_sets.refusal(),
            self.jobs.refusal(),
            self.pods.refusal(),
            self.claims.refusal(),
            self.events.refusal(),
        ]
        .into_iter()
        .flatten()
        .next()
    }
}
