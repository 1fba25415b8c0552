//! A connection that the network policies forbid does fail, and one that they allow does not.

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::api::core::v1::{Pod, PodSpec};
use kube::ResourceExt as _;
use serde_json::{Value, json};
use tokio::time::Instant;

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

/// How long a pod may take, image and all: the image is on a node already.
const LIMIT: Duration = Duration::from_secs(75);

/// Kubernetes ends a pod after so many seconds, should nobody be there to remove it.
const DEADLINE_SECONDS: u32 = 70;

/// For so many seconds a pod tries that is to be let in: a network may need several before it knows a new pod.
const OPENING_SECONDS: u32 = 30;

/// For so many seconds a pod tries that is to be kept out. Where nobody enforces policies, every verification takes that
/// long; a network that is slower to close is warned of.
const CLOSING_SECONDS: u32 = 5;

/// For so long another round of pods may begin, so that it ends within the time of a check.
const AGAIN: Duration = Duration::from_secs(70);

/// How a pod ends whose connection was let in.
const LET_IN: i32 = 42;

/// How a pod ends whose connection was refused or timed out. Every other end says nothing about the network.
const KEPT_OUT: i32 = 43;

/// What the pods run: the images of the services hold nothing else than a service, but Redis' has a shell and a client.
const SCRIPT: &str = include_str!("network_policies.sh");

/// Only the backend may reach Redis, so a pod that is to be let in must look like one. It never counts as one: a
/// condition that nobody ever sets keeps it from being Ready, so no Service sends anybody to it, and without the label of
/// a revision no `ReplicaSet` takes it for its own.
const NEVER_READY: &str = "shopmicro.dev/serves";

/// Where Redis is, and in what its client comes.
struct Redis<'a> {
    address: &'a str,
    template: &'a PodSpec,
}

/// How a pod has ended, and its last words.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Ended {
    code: i32,
    said: String,
}

async fn judge(scene: &Scene<'_>) -> Judgement {
    let redis = Redis::of(scene)
        .ok_or_else(|| Trouble::new("there is no Redis to connect to", "shopctl deploy"))?;
    let last_begin = Instant::now() + AGAIN;
    loop {
        let judged = judge_once(scene, &redis).await;
        let recovers_until = scene.cluster.silence.recovers_until();
        let is_recovering = recovers_until.is_some_and(|until| Instant::now() < until);
        // A network that has lost the API server does not know the pods of this check until it has found it again.
        if judged.is_ok() || !is_recovering || Instant::now() > last_begin {
            return judged;
        }
    }
}

async fn judge_once(scene: &Scene<'_>, redis: &Redis<'_>) -> Judgement {
    let (admitted, stranger) = both(scene, redis).await?;
    verdict(&admitted, &stranger, |words| scene.kubectl(words))
}

/// How a pod that is to be let in ends, and one that is to be kept out.
async fn both(scene: &Scene<'_>, redis: &Redis<'_>) -> Result<(Ended, Ended), Trouble> {
    let probes = scene.probes;
    probes.clear().await;
    let watched = Watched::begin(scene.objects::<Pod>());
    let backend = json!({
        "app.kubernetes.io/name": "backend",
        "app.kubernetes.io/part-of": "shopmicro",
    });
    let admitted = probes
        .make("admitted", &backend, &redis.client(LET_IN, OPENING_SECONDS))
        .await?;
    let mut client = redis.client(KEPT_OUT, CLOSING_SECONDS);
    // On the same node: there the way to Redis is proven, so that a broken network between two nodes is no enforcement.
    client["affinity"] = probes.beside("admitted");
    let stranger = probes.make("stranger", &json!({}), &client).await?;
    let (admitted, stranger) = tokio::join!(
        ended(scene, &watched, &admitted),
        ended(scene, &watched, &stranger),
    );
    probes.clear().await;
    Ok((admitted?, stranger?))
}

/// What both ends together mean. A stranger that is kept out proves something only where others are let in.
fn verdict(admitted: &Ended, stranger: &Ended, kubectl: impl Fn(&str) -> String) -> Judgement {
    for (who, ended) in [("labels of `backend`", admitted), ("no labels", stranger)] {
        if ended.code != LET_IN && ended.code != KEPT_OUT {
            let cause = format!(
                "the pod with {who} could not try the connection to Redis (exit code {}): {}",
                ended.code, ended.said
            );
            return Err(Trouble::new(cause, kubectl("get events")));
        }
    }
    match (admitted.code, stranger.code) {
        (LET_IN, KEPT_OUT) => {
            Ok("labels of `backend` reach Redis, a pod without labels does not".to_owned())
        }
        (LET_IN, _) => Err(Trouble::warning(
            "a pod that no policy lets through has reached Redis: this cluster does not enforce NetworkPolicies",
            "install a network that enforces them, such as Cilium or Calico",
        )),
        _ => Err(Trouble::new(
            format!(
                "a pod with the labels of `backend`, which the policies let through, has not reached Redis: {}",
                admitted.said
            ),
            kubectl("describe networkpolicy backend redis"),
        )),
    }
}

impl<'a> Redis<'a> {
    /// By the address of its pod: no name server stands between the pods and it.
    fn of(scene: &'a Scene<'_>) -> Option<Self> {
        let set = scene
            .stateful_sets
            .iter()
            .find(|set| set.name_any() == "redis")?;
        let mut pods = scene.serving_pods();
        let address = pods.find_map(|pod| {
            let name = pod.labels().get("app.kubernetes.io/name")?;
            let address = pod.status.as_ref()?.pod_ip.as_deref()?;
            (name == "redis").then_some(address)
        })?;
        let template = set.spec.as_ref()?.template.spec.as_ref()?;
        Some(Self { address, template })
    }

    /// A pod that connects to it, and tries again as long as the outcome is not the expected one.
    fn client(&self, expected: i32, seconds: u32) -> Value {
        let image = self.template.containers.first();
        let image = image.and_then(|container| container.image.as_deref());
        json!({
            "restartPolicy": "Never",
            "activeDeadlineSeconds": DEADLINE_SECONDS,
            "terminationGracePeriodSeconds": 1,
            "automountServiceAccountToken": false,
            "enableServiceLinks": false,
            "imagePullSecrets": self.template.image_pull_secrets,
            "readinessGates": [{ "conditionType": NEVER_READY }],
            "securityContext": {
                "runAsNonRoot": true,
                "runAsUser": 65532,
                "seccompProfile": { "type": "RuntimeDefault" },
            },
            "containers": [{
                "name": "probe",
                "image": image,
                "command": ["sh", "-c", SCRIPT],
                "env": [
                    { "name": "REDIS", "value": self.address },
                    { "name": "EXPECTED", "value": expected.to_string() },
                    { "name": "PATIENCE", "value": seconds.to_string() },
                ],
                "terminationMessagePolicy": "FallbackToLogsOnError",
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
        })
    }
}

/// Waits for the end of a pod.
async fn ended(scene: &Scene<'_>, watched: &Watched<Pod>, name: &str) -> Result<Ended, Trouble> {
    let ended = watched.wait(LIMIT, |pods| look(pods, name)).await;
    ended.map_err(|late| {
        let cause = match late {
            Late::Failed(cause) | Late::TimedOut(Some(cause)) => cause,
            Late::TimedOut(None) => format!("it has not ended within {} s", LIMIT.as_secs()),
        };
        Trouble::new(
            format!("pod `{name}` could not try the connection to Redis: {cause}"),
            scene.kubectl("get events"),
        )
    })
}

/// How the pod has ended.
fn look(pods: &BTreeMap<String, Pod>, name: &str) -> Look<Ended> {
    let Some(pod) = pods.get(name) else {
        return Look::Wait;
    };
    let ended = pod.status.as_ref().and_then(|status| {
        let container = status.container_statuses.as_ref()?.first()?;
        let ended = container.state.as_ref()?.terminated.as_ref()?;
        Some(Ended {
            code: ended.exit_code,
            said: ended
                .message
                .as_deref()
                .unwrap_or_default()
                .trim()
                .to_owned(),
        })
    });
    match (ended, trouble_of(pod)) {
        (Some(ended), _) => Look::Done(ended),
        (None, Some(trouble)) if trouble.certain => Look::Failed(trouble.cause),
        (None, Some(trouble)) => Look::Doubt(trouble.cause),
        (None, None) => Look::Wait,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::process::Command;

    use super::*;

    /// How the script ends, and what it says, where Redis' client behaves like this.
    fn ended(client: &str, expected: i32, patience: u32) -> (Option<i32>, String) {
        let directory = tempfile::tempdir().unwrap();
        let program = directory.path().join("redis-cli");
        fs::write(&program, format!("#!/bin/sh\n{client}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let path = std::env::var("PATH").unwrap();
        let output = Command::new("sh")
            .args(["-c", SCRIPT])
            .current_dir(directory.path())
            .env("PATH", format!("{}:{path}", directory.path().display()))
            .env("REDIS", "10.1.2.3")
            .env("EXPECTED", expected.to_string())
            .env("PATIENCE", patience.to_string())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), said.trim().to_owned())
    }

    #[test]
    fn a_network_that_needs_a_moment_is_waited_for() {
        let late =
            "[ -e asked ] && { echo PONG; exit 0; }; touch asked; echo Could not connect; exit 1";
        assert_eq!(ended(late, LET_IN, 30), (Some(LET_IN), "PONG".to_owned()));
        let closes = "[ -e asked ] && { echo Could not connect; exit 1; }; touch asked; echo PONG";
        assert_eq!(ended(closes, KEPT_OUT, 30).0, Some(KEPT_OUT));
    }

    #[test]
    fn the_last_outcome_counts_when_the_time_is_over() {
        assert_eq!(ended("echo PONG", KEPT_OUT, 0).0, Some(LET_IN));
        // Ended by BusyBox' `timeout`.
        assert_eq!(ended("exit 143", LET_IN, 0).0, Some(KEPT_OUT));
        let broken = ended("echo no such library; exit 127", LET_IN, 30);
        assert_eq!(broken, (Some(44), "no such library".to_owned()));
    }
}
