//! A claim is bound and written.

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Pod};
use k8s_openapi::api::storage::v1::StorageClass;
use kube::api::ListParams;
use kube::{Api, ResourceExt};
use serde_json::json;

use super::list::OfCluster;
use super::probe::pod;
use super::proof::Proof;
use super::why::{last_warning, why};
use crate::platform::checks::check::{Check, When};
use crate::platform::checks::trouble::{Judgement, Trouble};
use crate::platform::kube::{Look, trouble_of};

/// The check.
pub const CHECK: Check<OfCluster> = Check {
    name: "cluster-claim",
    title: "a claim without a class is bound, written and read",
    needs: &["cluster-image"],
    when: When::Together,
    judge: |proof| Box::pin(judge(proof)),
};

/// A cloud takes its time to make a disk and to attach it.
const LIMIT: Duration = Duration::from_secs(90);

/// The claim and the pod that writes into it.
const NAME: &str = "claim";

/// The annotation of the class that claims without one get.
const DEFAULT: &str = "storageclass.kubernetes.io/is-default-class";

async fn judge(proof: &Proof<'_>) -> Judgement {
    let class = default_class(proof).await?;
    let pods = proof.pods().await?;
    make(proof).await?;
    let written = pods.wait(LIMIT, look).await;
    let Err(late) = written else {
        return Ok(format!("by storage class `{class}`"));
    };
    let hint = proof.cluster.kubectl("get pods -A -o wide");
    let waited_for = format!(
        "waited {} s for a claim of storage class `{class}` to be bound and written",
        LIMIT.as_secs()
    );
    // The claim's own warning says why no pod can start.
    if let Some(warning) = last_warning(proof, "proof").await {
        return Err(Trouble::new(
            format!("{waited_for} in vain: {warning}"),
            hint,
        ));
    }
    Err(why(proof, late, NAME, &waited_for, hint).await)
}

async fn default_class(proof: &Proof<'_>) -> Result<String, Trouble> {
    let classes: Api<StorageClass> = Api::all(proof.cluster.client.clone());
    let listed = classes.list(&ListParams::default()).await;
    let listed = listed.map_err(|error| {
        Trouble::from_platform(&proof.cluster.failed("list the storage classes", &error))
    })?;
    let is_default = |class: &&StorageClass| {
        class
            .annotations()
            .get(DEFAULT)
            .is_some_and(|value| value == "true")
    };
    let default = listed
        .items
        .iter()
        .find(is_default)
        .map(ResourceExt::name_any);
    default.ok_or_else(|| {
        let hint = proof.cluster.kubectl("get storageclass");
        Trouble::new("no storage class is the default one", hint)
    })
}

async fn make(proof: &Proof<'_>) -> Result<(), Trouble> {
    let claim = json!({
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": { "requests": { "storage": "16Mi" } },
        },
    });
    let script = format!(
        "echo {name} > /data/proof && sync && test \"$(cat /data/proof)\" = {name}",
        name = proof.scratch.name
    );
    let mut pod = pod(&json!({
        "command": ["sh", "-c", script],
        "volumeMounts": [{ "name": "data", "mountPath": "/data" }],
    }));
    pod["spec"]["volumes"] =
        json!([{ "name": "data", "persistentVolumeClaim": { "claimName": "proof" } }]);
    let made = async {
        proof
            .scratch
            .apply::<PersistentVolumeClaim>("proof", claim)
            .await?;
        proof.scratch.apply::<Pod>(NAME, pod).await.map(drop)
    };
    made.await.map_err(|error| Trouble::from_platform(&error))
}

fn look(pods: &BTreeMap<String, Pod>) -> Look<()> {
    let Some(pod) = pods.get(NAME) else {
        return Look::Wait;
    };
    let phase = pod
        .status
        .as_ref()
        .and_then(|status| status.phase.as_deref());
    match (phase, trouble_of(pod)) {
        (Some("Succeeded"), _) => Look::Done(()),
        (_, Some(trouble)) if trouble.certain => Look::Failed(trouble.cause),
        // Until the volume is there no node can take the pod.
        _ => Look::Wait,
    }
}
