//! A connection that the network policies forbid does fail.

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use kube::api::{DeleteParams, PostParams};
use serde_json::json;

use super::list::OfObjects;
use super::scene::Scene;
use crate::platform::checks::check::{Check, When};
use crate::platform::checks::trouble::{Judgement, Trouble};
use crate::platform::kube::{Late, Look, Watched, trouble_of};

/// The check.
pub const CHECK: Check<OfObjects> = Check {
    name: "network-policies",
    title: "a connection that must fail does fail",
    needs: &["pods"],
    when: When::Together,
    judge: |scene| Box::pin(judge(scene)),
};

/// How long the pod may take, image and all: the image is on a node already.
const LIMIT: Duration = Duration::from_secs(45);

/// How the pod ends when it was let in.
const LET_IN: i32 = 42;

/// Redis' own client, in Redis' own image: the services' images hold nothing else than a service. No policy lets this
/// pod through, because it bears no label of a component. An answer of any kind means that it was let in.
const SCRIPT: &str = "\
case \"$(timeout 4 redis-cli -h redis ping 2>&1)\" in
*PONG* | *NOAUTH*) exit 42 ;;
esac";

async fn judge(scene: &Scene<'_>) -> Judgement {
    let image = redis_image(scene)
        .ok_or_else(|| Trouble::new("there is no Redis to connect to", "shopctl deploy"))?;
    let name = format!(
        "shopctl-verify-{}",
        &uuid::Uuid::new_v4().simple().to_string()[..10]
    );
    let pods = scene.objects::<Pod>();
    let pod = pod(&name, image).map_err(|error| Trouble::new(error, "shopctl status"))?;
    let watched = Watched::begin(pods.clone());
    let made = pods.create(&PostParams::default(), &pod).await;
    made.map_err(|error| {
        let action = format!("make pod `{name}`");
        Trouble::from_platform(&scene.cluster.failed(action, &error))
    })?;
    let ended = watched.wait(LIMIT, |pods| look(pods, &name)).await;
    // What cannot be removed ends by itself.
    let _ = pods.delete(&name, &DeleteParams::background()).await;
    match ended {
        Ok(LET_IN) => Err(Trouble::warning(
            "a pod that no policy lets through has reached Redis: this cluster does not enforce NetworkPolicies",
            "install a network that enforces them, such as Cilium or Calico",
        )),
        Ok(_) => Ok("a pod without a label has not reached Redis".to_owned()),
        Err(late) => {
            let cause = match late {
                Late::Failed(cause) | Late::TimedOut(Some(cause)) => cause,
                Late::TimedOut(None) => format!("it has not ended within {} s", LIMIT.as_secs()),
            };
            Err(Trouble::new(
                format!("pod `{name}` could not try the connection: {cause}"),
                scene.kubectl("get events"),
            ))
        }
    }
}

fn redis_image<'a>(scene: &'a Scene<'_>) -> Option<&'a str> {
    let mut sets = scene.stateful_sets.iter();
    let redis = sets.find(|set| set.name_any() == "redis")?;
    let template = redis.spec.as_ref()?.template.spec.as_ref()?;
    template.containers.first()?.image.as_deref()
}

fn pod(name: &str, image: &str) -> Result<Pod, String> {
    let pod = json!({
        "metadata": {
            "name": name,
            "labels": { "app.kubernetes.io/managed-by": "shopctl" },
        },
        "spec": {
            "restartPolicy": "Never",
            "activeDeadlineSeconds": 30,
            "automountServiceAccountToken": false,
            "securityContext": {
                "runAsNonRoot": true,
                "runAsUser": 65532,
                "seccompProfile": { "type": "RuntimeDefault" },
            },
            "containers": [{
                "name": "probe",
                "image": image,
                "command": ["sh", "-c", SCRIPT],
                "resources": {
                    "requests": { "cpu": "10m", "memory": "16Mi" },
                    "limits": { "cpu": "200m", "memory": "64Mi" },
                },
                "securityContext": {
                    "allowPrivilegeEscalation": false,
                    "readOnlyRootFilesystem": true,
                    "capabilities": { "drop": ["ALL"] },
                },
            }],
        },
    });
    serde_json::from_value(pod).map_err(|error| error.to_string())
}

/// How the pod has ended.
fn look(pods: &BTreeMap<String, Pod>, name: &str) -> Look<i32> {
    let Some(pod) = pods.get(name) else {
        return Look::Wait;
    };
    let ended = pod.status.as_ref().and_then(|status| {
        let container = status.container_statuses.as_ref()?.first()?;
        Some(container.state.as_ref()?.terminated.as_ref()?.exit_code)
    });
    match (ended, trouble_of(pod)) {
        (Some(code), _) => Look::Done(code),
        (None, Some(trouble)) if trouble.certain => Look::Failed(trouble.cause),
        (None, Some(trouble)) => Look::Doubt(trouble.cause),
        (None, None) => Look::Wait,
    }
}
