//! The pods that a check makes in the shop's namespace, and which are gone afterwards.

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{DeleteParams, ListParams, PostParams};
use kube::{Api, ResourceExt as _};
use serde_json::{Value, json};

use crate::platform::checks::trouble::Trouble;
use crate::platform::kube::{Cluster, is_forgotten};

/// The label of every such pod; its value is the run that has made it. Whatever looks at the shop's pods leaves these out.
const LABEL: &str = "shopmicro.dev/probe";

/// The label with what a pod is for.
const ROLE: &str = "shopmicro.dev/probe-role";

/// The pods of one run.
pub struct Probes<'a> {
    cluster: &'a Cluster,
    pods: Api<Pod>,
    run: String,
    written: AtomicBool,
}

impl<'a> Probes<'a> {
    /// Those of a run that begins. Nothing is made yet.
    pub fn new(cluster: &'a Cluster, namespace: &str) -> Self {
        Self {
            cluster,
            pods: Api::namespaced(cluster.client.clone(), namespace),
            run: uuid::Uuid::new_v4().simple().to_string(),
            written: AtomicBool::new(false),
        }
    }

    /// Whether there may be anything that must be removed.
    pub fn has_written(&self) -> bool {
        self.written.load(Ordering::Relaxed)
    }

    /// Makes a pod with these labels besides its own; the name that it was given.
    pub async fn make(&self, role: &str, labels: &Value, spec: &Value) -> Result<String, Trouble> {
        let mut labels = labels.clone();
        labels["app.kubernetes.io/managed-by"] = json!("shopctl");
        labels[LABEL] = json!(self.run);
        labels[ROLE] = json!(role);
        let pod = json!({
            "metadata": { "generateName": format!("shopctl-verify-{role}-"), "labels": labels },
            "spec": spec,
        });
        let pod: Pod = serde_json::from_value(pod)
            .map_err(|error| Trouble::new(error.to_string(), "shopctl status"))?;
        // Before it is made: an answer that never comes does not mean that there is no pod.
        self.written.store(true, Ordering::Relaxed);
        let made = self.pods.create(&PostParams::default(), &pod).await;
        let made = made.map_err(|error| {
            let action = format!("make a pod `shopctl-verify-{role}`");
            Trouble::from_platform(&self.cluster.failed(action, &error))
        })?;
        Ok(made.name_any())
    }

    /// The affinity that brings a pod onto the node of that one of this run.
    pub fn beside(&self, role: &str) -> Value {
        json!({ "podAffinity": { "requiredDuringSchedulingIgnoredDuringExecution": [{
            "labelSelector": { "matchLabels": { LABEL: self.run, ROLE: role } },
            "topologyKey": "kubernetes.io/hostname",
        }] } })
    }

    /// Removes those of this run, and what runs that were killed have left behind. What cannot be removed ends by itself
    /// and is removed by the next run.
    pub async fn clear(&self) {
        let labelled = ListParams::default().labels(LABEL);
        let Ok(listed) = self.pods.list(&labelled).await else {
            return;
        };
        let is_over =
            |pod: &&Pod| pod.labels().get(LABEL) == Some(&self.run) || is_forgotten(&pod.metadata);
        let names: Vec<_> = listed.iter().filter(is_over).map(Pod::name_any).collect();
        let parameters = DeleteParams::background();
        let removed = names.iter().map(|name| self.pods.delete(name, &parameters));
        if join_all(removed).await.iter().all(Result::is_ok) {
            self.written.store(false, Ordering::Relaxed);
        }
    }
}
