//! The number of replicas, where an autoscaler chooses it and where it no longer does.
//!
//! A field that its only owner leaves out falls back to its default, which is one replica. So the number is handed to an
//! owner that never applies anything else, and the autoscaler takes it from there, as
//! <https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership> describes.

use std::borrow::Cow;

use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use kube::api::{DeleteParams, DynamicObject, Patch, PatchParams};
use kube::core::Status;
use kube::{Api, ResourceExt as _};
use serde_json::{Value, json};

use super::object::Object;
use super::patience::{conflicts, insist};
use crate::platform::kube::{Cluster, FIELD_MANAGER};
use crate::platform::{Error, Events};

/// Who keeps the number between us and the autoscaler.
const KEEPER: &str = "shopctl-replicas";

/// Who scales.
const AUTOSCALER: &str = "kube-controller-manager";

/// The field, as a conflict names it.
const FIELD: &str = ".spec.replicas";

/// Whether it is a Deployment whose replicas the release leaves to an autoscaler.
fn is_left_open(object: &Object) -> bool {
    object.kind() == "Deployment" && object.content.pointer("/spec/replicas").is_none()
}

/// The live number that would be lost if we left the field out.
fn endangered(object: &Object, live: Option<&DynamicObject>) -> Option<i64> {
    let live = live.filter(|live| is_left_open(object) && is_ours(live))?;
    live.data.pointer("/spec/replicas")?.as_i64()
}

fn is_ours(live: &DynamicObject) -> bool {
    live.managed_fields().iter().any(|entry| {
        let fields = entry.fields_v1.as_ref();
        entry.manager.as_deref() == Some(FIELD_MANAGER)
            && entry.operation.as_deref() == Some("Apply")
            && fields.is_some_and(|fields| fields.0.pointer("/f:spec/f:replicas").is_some())
    })
}

/// The object as it is to be tried: the number that is handed over does not change.
pub fn tried<'a>(object: &'a Object, live: Option<&DynamicObject>) -> Cow<'a, Value> {
    with_replicas(object, endangered(object, live))
}

/// The object as it is to be applied, once the number of a live one is safe. A new one begins with what its autoscaler
/// will want at least.
pub async fn settled<'a>(
    cluster: &Cluster,
    object: &'a Object,
    all: &[Object],
    events: &Events,
) -> Result<Cow<'a, Value>, Error> {
    if !is_left_open(object) {
        return Ok(Cow::Borrowed(&object.content));
    }
    let key = object.key();
    let api = key.api(cluster.client.clone())?;
    let failed = |error: &kube::Error| cluster.refused(format!("read {key}"), &key, error);
    let live = insist(events, || api.get_opt(&key.name)).await;
    let Some(live) = live.map_err(|error| failed(&error))? else {
        return Ok(with_replicas(object, minimum(&key.name, all)));
    };
    if let Some(count) = endangered(object, Some(&live)) {
        let kept = json!({
            "apiVersion": key.api_version, "kind": key.kind,
            "metadata": { "name": key.name },
            "spec": { "replicas": count },
        });
        let (keeper, kept) = (PatchParams::apply(KEEPER).force(), Patch::Apply(&kept));
        let keep = insist(events, || api.patch(&key.name, &keeper, &kept)).await;
        let action = || format!("hand the replicas of {key} over");
        keep.map_err(|error| cluster.refused(action(), &key, &error))?;
    }
    Ok(Cow::Borrowed(&object.content))
}

fn with_replicas(object: &Object, count: Option<i64>) -> Cow<'_, Value> {
    let Some(count) = count else {
        return Cow::Borrowed(&object.content);
    };
    let mut content = object.content.clone();
    content["spec"]["replicas"] = count.into();
    Cow::Owned(content)
}

/// What the autoscaler of that Deployment wants at least.
fn minimum(name: &str, all: &[Object]) -> Option<i64> {
    let autoscalers = all
        .iter()
        .filter(|object| object.kind() == "HorizontalPodAutoscaler");
    let mut specs = autoscalers.filter_map(|autoscaler| autoscaler.content.get("spec"));
    let own = specs.find(|spec| spec["scaleTargetRef"]["name"] == name)?;
    own["minReplicas"].as_i64()
}

/// Whether nobody but an autoscaler, or who kept the number for it, is in the way of a fixed number.
pub fn is_autoscalers(status: &Status) -> bool {
    let mut conflicts = conflicts(status).peekable();
    let by = |message: &str| {
        [AUTOSCALER, KEEPER]
            .into_iter()
            .any(|who| message.contains(&format!("\"{who}\"")))
    };
    conflicts.peek().is_some() && conflicts.all(|cause| cause.field == FIELD && by(&cause.message))
}

/// Takes the autoscaler away whose number is to be fixed: it would set another one again.
pub async fn retire_autoscaler(
    cluster: &Cluster,
    object: &Object,
    events: &Events,
) -> Result<(), Error> {
    let key = object.key();
    let namespace = key.namespace.as_deref().unwrap_or_default();
    let autoscalers: Api<HorizontalPodAutoscaler> =
        Api::namespaced(cluster.client.clone(), namespace);
    let parameters = DeleteParams::default();
    match insist(events, || autoscalers.delete(&key.name, &parameters)).await {
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
        retired => retired.map(drop).map_err(|error| {
            let action = format!("remove horizontalpodautoscaler/{}", key.name);
            cluster.refused(action, &key, &error)
        }),
    }
}
