//! A running shop, for the checks.

use k8s_openapi::api::apps::v1::Deployment;
use kube::Api;

use super::credentials;
use super::front_door::front_door;
use super::inside::KubeInside;
use super::pods::{place, workload};
use crate::config::Config;
use crate::plan::Component;
use crate::platform::kube::Cluster;
use crate::platform::{Error, Shop};

/// The variable in which a service is told which release it is of.
const RELEASE: &str = "RELEASE";

/// The ways into the shop in that namespace.
pub async fn shop(cluster: &Cluster, namespace: &str, config: &Config) -> Result<Shop, Error> {
    let (release, token, door) = tokio::try_join!(
        release(cluster, namespace),
        credentials::read(cluster, namespace, "backend-tokens", "synthetic-token"),
        front_door(cluster, namespace, config),
    )?;
    Ok(Shop {
        detour: door.detour(cluster, namespace, &config.kubernetes.expose),
        front_door: door.url,
        resolve: door.resolve,
        log: config.log,
        release,
        synthetic_token: token,
        inside: Box::new(KubeInside::new(
            cluster,
            namespace,
            &config.kubernetes,
            door.local,
        )),
    })
}

/// What the backend answers as its release: the version of its image, so that a service that a release does not change
/// is not started anew.
async fn release(cluster: &Cluster, namespace: &str) -> Result<String, Error> {
    let deployments: Api<Deployment> = Api::namespaced(cluster.client.clone(), namespace);
    let name = workload(Component::Backend);
    let backend = deployments.get_opt(name).await;
    let backend = backend.map_err(|error| {
        let action = format!("read deployment `{name}` in namespace `{namespace}`");
        cluster.failed(action, &error)
    })?;
    backend
        .as_ref()
        .and_then(told)
        .ok_or_else(|| Error::NothingRunning {
            place: place(cluster, namespace),
        })
}

fn told(deployment: &Deployment) -> Option<String> {
    let pod = deployment.spec.as_ref()?.template.spec.as_ref()?;
    let mut variables = pod
        .containers
        .iter()
        .flat_map(|container| container.env.iter().flatten());
    variables
        .find(|variable| variable.name == RELEASE)?
        .value
        .clone()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::platform::kube::conversation::{Answer, Conversation};

    #[tokio::test]
    async fn the_release_is_what_the_backend_is_told() {
        let container =
            json!({ "name": "backend", "env": [{ "name": "RELEASE", "value": "0123456789ab" }] });
        let deployment = json!({
            "metadata": { "name": "backend" },
            "spec": { "selector": {}, "template": { "spec": { "containers": [container] } } },
        });
        let path = "GET /apis/apps/v1/namespaces/shop/deployments/backend";
        let talk = Conversation::with(vec![(path, Answer::Object(deployment))]);
        assert_eq!(
            release(&talk.cluster, "shop").await.unwrap(),
            "0123456789ab"
        );
    }

    #[tokio::test]
    async fn no_backend_is_no_shop() {
        let talk = Conversation::with(vec![]);
        let nothing = release(&talk.cluster, "shop").await.unwrap_err();
        assert_eq!(
            nothing.to_string(),
            "no shop is running in `namespace shop of cluster test`"
        );
    }
}
