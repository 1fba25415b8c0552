//! What runs of a shop on Kubernetes.

use futures_util::TryFutureExt as _;

use super::address;
use super::pods::place;
use super::seen::Seen;
use crate::config::Config;
use crate::config::kubernetes::Database;
use crate::plan::Component;
use crate::platform::kube::Cluster;
use crate::platform::{ComponentStatus, Error, Status};

/// The state of the whole shop. Nothing is connected to.
pub async fn status(cluster: &Cluster, namespace: &str, config: &Config) -> Result<Status, Error> {
    let expose = &config.kubernetes.expose;
    let (seen, addresses) = tokio::try_join!(
        Seen::of(cluster, namespace),
        address::published(cluster, namespace, expose).map_ok(|addresses| !addresses.is_empty()),
    )?;
    let scheme = if expose.tls.is_some() {
        "https"
    } else {
        "http"
    };
    let external = matches!(config.kubernetes.database, Database::External { .. });
    let component = |component| match component {
        Component::Postgres if external => elsewhere(component),
        _ => seen.part(component).status(cluster, namespace),
    };
    Ok(Status {
        release: seen.release(),
        url: addresses.then(|| format!("{scheme}://{}", expose.host.as_str())),
        place: place(cluster, namespace),
        components: Component::ALL.map(component).to_vec(),
    })
}

/// What nobody here runs: `verify` asks it, `status` does not.
fn elsewhere(component: Component) -> ComponentStatus {
    ComponentStatus {
        component,
        ready: true,
        state: "external",
        pid: None,
        replicas: None,
        since: None,
        restarts: 0,
        cause: None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::config::{self, Overrides};
    use crate::platform::Replicas;
    use crate::platform::kube::conversation::{Answer, Conversation};

    fn labelled(name: &str, component: &str) -> Value {
        let labels = json!({ "app.kubernetes.io/name": component, "app.kubernetes.io/part-of": "shopmicro" });
        json!({ "name": name, "labels": labels, "generation": 1, "annotations": { "shopmicro.dev/release": "3-abc" } })
    }

    fn deployment(name: &str, component: &str, ready: u8, updated: u8) -> Value {
        json!({
            "metadata": labelled(name, component),
            "spec": { "replicas": 2, "selector": {}, "template": {} },
            "status": { "observedGeneration": 1, "readyReplicas": ready, "updatedReplicas": updated },
        })
    }

    fn pod(name: &str, component: &str, ready: &str, state: &Value) -> Value {
        json!({
            "metadata": labelled(name, component),
            "status": {
                "phase": "Running", "startTime": "2026-11-23T03:00:00Z",
                "conditions": [{ "type": "Ready", "status": ready }],
                "containerStatuses": [{
                    "name": component, "image": "", "imageID": "", "ready": ready == "True", "restartCount": 3, "state": state,
                    "lastState": { "terminated": { "exitCode": 1, "reason": "Error" } },
                }],
            },
        })
    }

    fn list(items: &Value) -> Answer {
        Answer::Object(json!({ "kind": "List", "metadata": {}, "items": items }))
    }

    fn talk() -> Conversation {
        let running = json!({ "running": {} });
        let waiting = json!({ "waiting": { "reason": "CrashLoopBackOff", "message": "back-off" } });
        let set = json!({
            "metadata": labelled("postgres", "postgres"), "spec": { "selector": {}, "serviceName": "postgres", "template": {} },
            "status": { "observedGeneration": 1, "replicas": 1, "readyReplicas": 1 },
        });
        let deployments = json!([
            deployment("backend", "backend", 2, 1),
            deployment("frontend", "frontend", 1, 2),
            deployment("ml-service-deployment", "ml-service", 2, 2),
        ]);
        let pods = json!([
            pod("backend-a-1", "backend", "True", &running),
            pod("frontend-a-1", "frontend", "True", &running),
            pod("frontend-a-2", "frontend", "False", &waiting),
        ]);
        let entry = json!({ "metadata": {}, "status": { "loadBalancer": { "ingress": [{ "hostname": "lb.invalid" }] } } });
        Conversation::with(vec![
            (
                "GET /apis/apps/v1/namespaces/shop/deployments",
                list(&deployments),
            ),
            (
                "GET /apis/apps/v1/namespaces/shop/statefulsets",
                list(&json!([set])),
            ),
            (
                "GET /apis/apps/v1/namespaces/shop/replicasets",
                list(&json!([])),
            ),
            ("GET /api/v1/namespaces/shop/pods", list(&pods)),
            (
                "GET /api/v1/namespaces/shop/persistentvolumeclaims",
                list(&json!([])),
            ),
            ("GET /api/v1/namespaces/shop/events", list(&json!([]))),
            (
                "GET /apis/networking.k8s.io/v1/namespaces/shop/ingresses",
                Answer::Object(entry),
            ),
        ])
    }

    #[tokio::test]
    async fn every_component_has_its_word_and_its_replicas() {
        let talk = talk();
        let config = config::resolve(Overrides::default()).unwrap();
        let status = status(&talk.cluster, "shop", &config).await.unwrap();
        assert_eq!(status.release.as_deref(), Some("3-abc"));
        assert_eq!(status.url.as_deref(), Some("http://shopmicro.local"));
        assert_eq!(status.place, "namespace shop of cluster test");
        let words: Vec<_> = status.components.iter().map(|one| one.state).collect();
        assert_eq!(
            words,
            ["ready", "stopped", "ready", "updating", "crash-loop"]
        );
        let frontend = status.components.last().unwrap();
        let replicas = Replicas {
            ready: 1,
            wanted: 2,
        };
        assert_eq!((frontend.replicas, frontend.restarts), (Some(replicas), 6));
        assert_eq!(frontend.since.unwrap().unix_timestamp(), 1_795_402_800);
        assert_eq!(
            frontend.cause.as_deref(),
            Some(
                "pod/frontend-a-2, container frontend: the container ends again and again (exit code 1); \
                 see `kubectl --kubeconfig /kubeconfig logs pod/frontend-a-2 -c frontend --previous -n shop`"
            )
        );
        assert!(!frontend.ready && status.components[3].ready);
    }

    #[tokio::test]
    async fn what_is_not_as_it_should_be_is_trouble_of_a_process() {
        let talk = talk();
        let seen = Seen::of(&talk.cluster, "shop").await.unwrap();
        let trouble = |component| seen.part(component).trouble(&talk.cluster, "shop");
        assert_eq!(trouble(Component::Backend), None);
        assert_eq!(trouble(Component::Redis).unwrap(), "it is not deployed");
        let said = trouble(Component::Frontend).unwrap();
        assert!(
            said.starts_with("1 of 2 pods are ready; pod/frontend-a-2"),
            "{said}"
        );
    }
}
