//! Pods that have read a Secret before it was made again.

use std::fmt;

use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::core::v1::PodTemplateSpec;
use k8s_openapi::jiff::Timestamp;
use kube::Api;
use kube::api::{ListParams, Patch, PatchParams};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::platform::kube::Cluster;
use crate::platform::kube::apply::insist;
use crate::platform::kube::labels::OF_OUR_SHOP;
use crate::platform::{Error, Events};

/// Whoever sets the mark is not who applies the manifests, so that no release takes it away again.
const MANAGER: &str = "shopctl-restart";

/// The workloads of a shop whose pods mount one Secret. Jobs are none: each of their pods reads it anew.
#[derive(Debug, Default)]
pub struct Readers {
    sets: Vec<String>,
    deployments: Vec<String>,
}

impl Readers {
    /// Those that are there. Others will read it when they come.
    pub async fn of(cluster: &Cluster, namespace: &str, secret: &str) -> Result<Self, Error> {
        let client = &cluster.client;
        let sets: Api<StatefulSet> = Api::namespaced(client.clone(), namespace);
        let deployments: Api<Deployment> = Api::namespaced(client.clone(), namespace);
        let (ours, events) = (ListParams::default().labels(OF_OUR_SHOP), Events::unheard());
        let listed = tokio::try_join!(
            insist(&events, || sets.list(&ours)),
            insist(&events, || deployments.list(&ours)),
        );
        let failed =
            |error: &kube::Error| cluster.failed(format!("see who reads Secret `{secret}`"), error);
        let (sets, deployments) = listed.map_err(|error| failed(&error))?;
        let sets = sets.iter().filter(|set| {
            let spec = set.spec.as_ref();
            spec.is_some_and(|spec| mounts(&spec.template, secret))
        });
        let deployments = deployments.iter().filter(|deployment| {
            let spec = deployment.spec.as_ref();
            spec.is_some_and(|spec| mounts(&spec.template, secret))
        });
        Ok(Self {
            sets: sets.map(kube::ResourceExt::name_any).collect(),
            deployments: deployments.map(kube::ResourceExt::name_any).collect(),
        })
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.sets.is_empty() && self.deployments.is_empty()
    }

    /// Has them read it again, by new pods one after the other, as `kubectl rollout restart` does: a store before those
    /// who log in to it.
    pub async fn restart(&self, cluster: &Cluster, namespace: &str) -> Result<(), Error> {
        let client = &cluster.client;
        let sets: Api<StatefulSet> = Api::namespaced(client.clone(), namespace);
        for name in &self.sets {
            let restarted = restart(&sets, name).await;
            restarted
                .map_err(|error| cluster.failed(format!("restart statefulset/{name}"), &error))?;
        }
        let deployments: Api<Deployment> = Api::namespaced(client.clone(), namespace);
        for name in &self.deployments {
            let restarted = restart(&deployments, name).await;
            restarted
                .map_err(|error| cluster.failed(format!("restart deployment/{name}"), &error))?;
        }
        Ok(())
    }
}

/// As `kubectl` names them: `statefulset/redis, deployment/backend`.
impl fmt::Display for Readers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sets = self.sets.iter().map(|name| format!("statefulset/{name}"));
        let deployments = self.deployments.iter();
        let deployments = deployments.map(|name| format!("deployment/{name}"));
        let all: Vec<_> = sets.chain(deployments).collect();
        formatter.write_str(&all.join(", "))
    }
}

fn mounts(template: &PodTemplateSpec, secret: &str) -> bool {
    let volumes = template
        .spec
        .as_ref()
        .and_then(|spec| spec.volumes.as_ref());
    let mut mounted = volumes
        .into_iter()
        .flatten()
        .filter_map(|volume| volume.secret.as_ref());
    mounted.any(|source| source.secret_name.as_deref() == Some(secret))
}

async fn restart<K>(objects: &Api<K>, name: &str) -> Result<(), kube::Error>
where
    K: Clone + fmt::Debug + DeserializeOwned,
{
    let mark = json!({ "shopmicro.dev/restarted-at": Timestamp::now().to_string() });
    let patch =
        Patch::Merge(json!({ "spec": { "template": { "metadata": { "annotations": mark } } } }));
    let parameters = PatchParams {
        field_manager: Some(MANAGER.to_owned()),
        ..PatchParams::default()
    };
    let restart = || objects.patch(name, &parameters, &patch);
    match insist(&Events::unheard(), restart).await {
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
        restarted => restarted.map(drop),
    }
}
