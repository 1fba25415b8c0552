//! What an earlier attempt has left must not speak for this one.

use std::time::Duration;

use futures_util::future::{try_join, try_join_all};
use k8s_openapi::api::apps::v1::{ReplicaSet, StatefulSet};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::jiff::Timestamp;
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams};
use serde_json::json;
use tokio::time::timeout;

use super::kin::{kin, newest_pods};
use super::scene::Scene;
use super::state::named;
use super::workload::{Workload, WorkloadKind};
use crate::platform::kube::apply::{CLAIM, DATABASE, Volume, insist};
use crate::platform::kube::diagnosis::{Cause, Reason, Snapshot};
use crate::platform::kube::{Cluster, is_gone};
use crate::platform::{Error, Events};

/// How long the API may take to tell what is there, or to remove a Job: longer than its server takes to start again.
const ANSWER: Duration = Duration::from_mins(1);

/// A change that means nothing, by which a controller is made to look again.
const TRIED_AGAIN: &str = "shopmicro.dev/tried-again";

/// Lets the workloads be tried at once that have failed before, for whoever has mended the cause. Kubernetes itself would
/// wait for up to sixteen minutes, and would never try a failed Job again. To be called before the workloads are applied.
pub async fn start_afresh(
    cluster: &Cluster,
    namespace: &str,
    workloads: &[Workload],
) -> Result<(), Error> {
    if workloads.is_empty() {
        return Ok(());
    }
    let snapshot = snapshot(cluster, namespace).await?;
    let kin: Vec<_> = workloads
        .iter()
        .map(|workload| kin(workload, &snapshot))
        .collect();
    let causes = snapshot.causes().into_iter();
    let stuck = causes.filter(|cause| kin.iter().any(|kin| kin.contains(&cause.object)));
    let stuck: Vec<_> = stuck.collect();
    let tried_again = stuck
        .iter()
        .map(|cause| try_again(cluster, namespace, cause));
    let again = workloads.iter().filter(|workload| {
        has_ended_in_vain(workload, &snapshot) || is_outlived(workload, &snapshot)
    });
    let removed = again.map(|workload| remove(cluster, namespace, workload));
    try_join(try_join_all(tried_again), try_join_all(removed)).await?;
    Ok(())
}

async fn snapshot(cluster: &Cluster, namespace: &str) -> Result<Snapshot, Error> {
    let mut scene = Scene::begin(cluster, namespace);
    let complete = async {
        loop {
            if let Some(snapshot) = scene.now() {
                return Ok(snapshot);
            }
            if let Some(refusal) = scene.refusal(cluster) {
                return Err(refusal);
            }
            scene.changed().await;
        }
    };
    let late = |_| Error::Cluster {
        action: format!("see what is in namespace `{namespace}`"),
        cause: format!("no answer within {} s", ANSWER.as_secs()),
        hint: cluster.kubectl("get --raw /readyz?verbose"),
    };
    timeout(ANSWER, complete).await.map_err(late)?
}

/// A Job that is over cannot be started again, so it makes room for a new one. So does one of which nothing runs: its
/// controller waits, and what its last attempt has left would speak for the next one.
fn has_ended_in_vain(workload: &Workload, snapshot: &Snapshot) -> bool {
    if workload.kind != WorkloadKind::Job {
        return false;
    }
    let Some(job) = named(&snapshot.jobs, &workload.name) else {
        return false;
    };
    let status = job.status.as_ref();
    let conditions = status.and_then(|status| status.conditions.as_ref());
    let is = |words: &[&str]| {
        let mut conditions = conditions.into_iter().flatten();
        conditions.any(|one| words.contains(&one.type_.as_str()) && one.status == "True")
    };
    let started = status
        .is_some_and(|status| status.active.unwrap_or(0) > 0 || status.succeeded.unwrap_or(0) > 0);
    let runs = newest_pods(workload, snapshot).into_iter().any(|pod| {
        let status = pod.status.as_ref();
        status.and_then(|status| status.phase.as_deref()) != Some("Failed")
    });
    is(&["Failed"]) || !(is(&["Complete", "SuccessCriteriaMet"]) || started || runs)
}

/// Whether it is a Job that was done to a database whose volume is gone. What it did is gone with it.
fn is_outlived(workload: &Workload, snapshot: &Snapshot) -> bool {
    let job = named(&snapshot.jobs, &workload.name);
    let job = job.filter(|_| workload.kind == WorkloadKind::Job);
    let database = named(&snapshot.stateful_sets, DATABASE);
    let claim = database.and_then(|_| named(&snapshot.claims, CLAIM));
    job.zip(claim)
        .is_some_and(|(job, claim)| Volume::claimed(claim).is_younger_than_job(job))
}

async fn remove(cluster: &Cluster, namespace: &str, job: &Workload) -> Result<(), Error> {
    let jobs: Api<Job> = Api::namespaced(cluster.client.clone(), namespace);
    let failed = |error: &kube::Error| {
        cluster.failed(format!("remove {job}, which is to be done again"), error)
    };
    let parameters = DeleteParams::background();
    let delete = || jobs.delete(&job.name, &parameters);
    let deleted = insist(&Events::unheard(), delete).await;
    let uid = match deleted {
        Ok(left) => left.left().and_then(|job| job.metadata.uid),
        Err(kube::Error::Api(status)) if status.code == 404 => return Ok(()),
        Err(error) => return Err(failed(&error)),
    };
    if let Some(uid) = uid {
        // One that does not go is told by whoever applies the new one.
        is_gone(&jobs, &job.name, &uid, ANSWER).await;
    }
    Ok(())
}

/// Ends the pause in which a pod or a controller waits to try again.
async fn try_again(cluster: &Cluster, namespace: &str, cause: &Cause) -> Result<(), Error> {
    let Some((kind, name)) = cause.object.split_once('/') else {
        return Ok(());
    };
    let client = cluster.client.clone();
    let tried = match kind {
        "pod" if waits(cause) => {
            let pods: Api<Pod> = Api::namespaced(client, namespace);
            let parameters = DeleteParams::default();
            let delete = || pods.delete(name, &parameters);
            let deleted = insist(&Events::unheard(), delete).await;
            deleted.map(drop)
        }
        "replicaset" => touch(&Api::<ReplicaSet>::namespaced(client, namespace), name).await,
        "statefulset" => touch(&Api::<StatefulSet>::namespaced(client, namespace), name).await,
        _ => Ok(()),
    };
    match tried {
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
        tried => tried
            .map_err(|error| cluster.failed(format!("have {} tried again", cause.object), &error)),
    }
}

/// Whether its container is not running, so that nobody loses it.
fn waits(cause: &Cause) -> bool {
    cause.attempt.is_none()
        && matches!(
            cause.reason,
            Reason::ImageNotFound
                | Reason::RegistryRefuses
                | Reason::RegistryUnreachable
                | Reason::MissingKey
                | Reason::CannotStart
                | Reason::OutOfMemory
                | Reason::CrashLoop
        )
}

async fn touch<K>(objects: &Api<K>, name: &str) -> Result<(), kube::Error>
where
    K: Clone + std::fmt::Debug + serde::de::DeserializeOwned,
{
    let now = Timestamp::now().to_string();
    let change = json!({"metadata": {"annotations": {TRIED_AGAIN: now}}});
    let (parameters, patch) = (PatchParams::default(), Patch::Merge(&change));
    let touch = || objects.patch(name, &parameters, &patch);
    let patched = insist(&Events::unheard(), touch).await;
    patched.map(drop)
}
