//! Removes what a release no longer has.

use futures_util::future::try_join_all;
use kube::ResourceExt as _;
use kube::api::DeleteParams;

use super::inventory::Inventory;
use super::object::ObjectKey;
use super::patience::insist;
use crate::platform::kube::{Cluster, is_gone};
use crate::platform::{Error, Events};

/// How long an object may take to go.
const LIMIT: std::time::Duration = std::time::Duration::from_mins(1);

/// Removes the objects of the inventory that are not wanted any more, and waits until they are gone. What holds data stays.
pub async fn prune(
    cluster: &Cluster,
    inventory: &Inventory,
    wanted: &[ObjectKey],
) -> Result<(), Error> {
    let left = inventory
        .objects
        .iter()
        .filter(|key| !wanted.contains(key) && !key.holds_data());
    try_join_all(left.map(|key| remove(cluster, key)))
        .await
        .map(drop)
}

async fn remove(cluster: &Cluster, key: &ObjectKey) -> Result<(), Error> {
    let failed = |error: &kube::Error| cluster.failed(format!("remove {key}"), error);
    let api = key.api(cluster.client.clone())?;
    let events = Events::unheard();
    let there = insist(&events, || api.get_opt(&key.name)).await;
    let Some(object) = there.map_err(|error| failed(&error))? else {
        return Ok(());
    };
    let uid = object.uid().unwrap_or_default();
    let parameters = DeleteParams::background();
    match insist(&events, || api.delete(&key.name, &parameters)).await {
        Ok(_) => {}
        Err(kube::Error::Api(status)) if status.code == 404 => return Ok(()),
        Err(error) => return Err(failed(&error)),
    }
    if is_gone(&api, &key.name, &uid, LIMIT).await {
        return Ok(());
    }
    Err(Error::Cluster {
        action: format!("remove {key}"),
        cause: format!(
            "it is still there after {} s, held by the finalizers {:?}",
            LIMIT.as_secs(),
            object.finalizers()
        ),
        hint: look(cluster, key),
    })
}

fn look(cluster: &Cluster, key: &ObjectKey) -> String {
    let place = key.namespace.as_deref();
    let place = place.map_or_else(String::new, |namespace| format!(" -n {namespace}"));
    cluster.kubectl(&format!("get {key}{place} -o yaml"))
}
