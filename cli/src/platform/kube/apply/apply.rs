//! Server-side apply of the objects of one phase.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use kube::api::{Patch, PatchParams};

use super::object::Object;
use super::patience::{insist, is_conflict, taken};
use crate::platform::kube::{Cluster, FIELD_MANAGER};
use crate::platform::{Error, Events};

/// How many objects are applied at once.
const AT_ONCE: usize = 8;

/// Applies the objects, namespaces first. Fields that somebody else has set are an error unless they are to be taken over.
pub async fn apply(
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
            .map(|object| apply_one(cluster, object, force, events));
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
    force: bool,
    events: &Events,
) -> Result<(), Error> {
    let key = object.key();
    let api = key.api(cluster.client.clone())?;
    let parameters = PatchParams {
        force,
        ..PatchParams::apply(FIELD_MANAGER)
    };
    let patch = Patch::Apply(&object.content);
    let applied = insist(events, || api.patch(&key.name, &parameters, &patch)).await;
    match applied {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if is_conflict(&status) => Err(Error::Conflict {
            object: key.to_string(),
            taken: taken(&status).join(", "),
        }),
        Err(error) => Err(cluster.failed(format!("apply {key}"), &error)),
    }
}
