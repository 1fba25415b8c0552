//! Server-side apply of the objects of one phase.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use kube::api::{Patch, PatchParams};

use super::object::Object;
use super::patience::{insist, is_conflict, taken};
use super::replicas;
use super::store::refused;
use crate::platform::kube::rollout::is_serving;
use crate::platform::kube::{Cluster, FIELD_MANAGER, Refused};
use crate::platform::{Error, Events};

/// How many objects are applied at once.
const AT_ONCE: usize = 8;

/// Applies the objects, namespaces first. Fields that somebody else has set are an error unless they are to be taken over;
/// an object that is refused is one that says whether the release before serves all the same.
pub async fn apply(
    cluster: &Cluster,
    objects: &[Object],
    force: bool,
    events: &Events,
) -> Result<(), Error> {
    match apply_all(cluster, objects, force, events).await {
        Err(Error::Refused(refused)) => {
            let namespace = objects.iter().find_map(|object| object.key().namespace);
            let serving = match namespace {
                Some(namespace) => is_serving(cluster, &namespace).await,
                None => None,
            };
            Err(Error::Refused(Box::new(Refused {
                serving: Some(serving.unwrap_or(false)),
                ..*refused
            })))
        }
        applied => applied,
    }
}

async fn apply_all(
    cluster: &Cluster,
    objects: &[Object],
    force: bool,
    events: &Events,
) -> Result<(), Error> {
    let (namespaces, others): (Vec<_>, Vec<_>) = objects
        .iter()
        .partition(|object| object.kind() == "Namespace");
    for group in [namespaces, others] {
        let applying = group
            .into_iter()
            .map(|object| apply_one(cluster, object, objects, force, events));
        let applying: Vec<_> = applying.collect();
        stream::iter(applying)
            .buffer_unordered(AT_ONCE)
            .try_collect::<()>()
            .await?;
    }
    Ok(())
}

async fn apply_one(
    cluster: &Cluster,
    object: &Object,
    all: &[Object],
    force: bool,
    events: &Events,
) -> Result<(), Error> {
    let key = object.key();
    let api = key.api(cluster.client.clone())?;
    let content = replicas::settled(cluster, object, all, events).await?;
    let patch = Patch::Apply(content.as_ref());
    let send = async |force| {
        let parameters = PatchParams {
            force,
            ..PatchParams::apply(FIELD_MANAGER)
        };
        insist(events, || api.patch(&key.name, &parameters, &patch)).await
    };
    let mut applied = send(force).await;
    if matches!(&applied, Err(kube::Error::Api(status)) if replicas::is_autoscalers(status)) {
        replicas::retire_autoscaler(cluster, object, events).await?;
        applied = send(true).await;
    }
    match applied {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if is_conflict(&status) => Err(Error::Conflict {
            object: key.to_string(),
            taken: taken(&status).join(", "),
        }),
        Err(error) => Err(refused(cluster, format!("apply {key}"), object, &error)),
    }
}
