//! Pods that read a Secret which has changed.

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::jiff::Timestamp;
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::json;

use crate::platform::kube::Cluster;
use crate::platform::kube::apply::insist;
use crate::platform::{Error, Events};

/// The services that know the address of the database.
const READERS: [&str; 2] = ["backend", "ml-service-deployment"];

/// Whoever sets the mark is not who applies the manifests, so that no release takes it away again.
const MANAGER: &str = "shopctl-restart";

/// Has them read it again, by new pods one after the other, as `kubectl rollout restart` does. Those that are not there
/// yet will read it when they come.
pub async fn readers(cluster: &Cluster, namespace: &str) -> Result<(), Error> {
    let deployments: Api<Deployment> = Api::namespaced(cluster.client.clone(), namespace);
    let mark = json!({ "shopmicro.dev/restarted-at": Timestamp::now().to_string() });
    let patch =
        Patch::Merge(json!({ "spec": { "template": { "metadata": { "annotations": mark } } } }));
    let parameters = PatchParams {
        field_manager: Some(MANAGER.to_owned()),
        ..PatchParams::default()
    };
    for name in READERS {
        let restart = || deployments.patch(name, &parameters, &patch);
        match insist(&Events::unheard(), restart).await {
            Ok(_) => {}
            Err(kube::Error::Api(status)) if status.code == 404 => {}
            Err(error) => {
                return Err(cluster.failed(format!("restart deployment/{name}"), &error));
            }
        }
    }
    Ok(())
}
