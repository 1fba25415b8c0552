//! What applying a release would change, as the API server sees it. Nothing is changed.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use kube::api::{Patch, PatchParams};
use kube::core::Status;
use serde_json::Value;

use super::change::{Change, fields};
use super::inventory::Inventory;
use super::object::{Object, ObjectKey};
use super::patience::{insist, is_conflict, taken};
use super::prune::left;
use super::replicas;
use super::store::refused;
use super::volume::Volume;
use crate::platform::kube::{Cluster, FIELD_MANAGER};
use crate::platform::{Error, Events};

/// How many objects are asked about at once.
const AT_ONCE: usize = 16;

/// Every object of a release and of the inventory, with what becomes of it.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// In the order of applying.
    pub changes: Vec<(ObjectKey, Change)>,
}

impl Survey {
    /// Asks the API server.
    pub async fn of(
        cluster: &Cluster,
        namespace: &str,
        objects: &[Object],
        inventory: &Inventory,
        force: bool,
    ) -> Result<Self, Error> {
        let volume = Volume::of(cluster, namespace, objects).await?;
        let asked = objects.iter().map(async |object| {
            let change = change(cluster, namespace, object, inventory, &volume, force).await?;
            Ok::<_, Error>((object.key(), change))
        });
        let asked: Vec<_> = asked.collect();
        let mut changes: Vec<_> = stream::iter(asked).buffered(AT_ONCE).try_collect().await?;
        let wanted: Vec<_> = objects.iter().map(Object::key).collect();
        let left = left(cluster, namespace, inventory, &wanted).await?;
        changes.extend(left.into_iter().map(|key| (key, Change::Delete)));
        Ok(Self { changes })
    }

    /// Whether the object is not as it is wanted.
    pub fn differs(&self, key: &ObjectKey) -> bool {
        let mut changes = self.changes.iter();
        changes.any(|(own, change)| own == key && *change != Change::Same)
    }

    /// Fails where somebody else has set fields that are to be applied, with all of them.
    pub fn refuse_conflicts(&self) -> Result<(), Error> {
        let conflicts = self
            .changes
            .iter()
            .filter_map(|(key, change)| match change {
                Change::Conflict(taken) => Some((key.to_string(), taken.join(", "))),
                _ => None,
            });
        let (objects, taken): (Vec<_>, Vec<_>) = conflicts.unzip();
        if objects.is_empty() {
            return Ok(());
        }
        Err(Error::Conflict {
            object: objects.join(", "),
            taken: taken.join("; "),
        })
    }

    /// The objects that the release no longer has.
    pub fn pruned(&self) -> impl Iterator<Item = &ObjectKey> {
        self.changes
            .iter()
            .filter(|(_, change)| *change == Change::Delete)
            .map(|(key, _)| key)
    }
}

async fn change(
    cluster: &Cluster,
    namespace: &str,
    object: &Object,
    inventory: &Inventory,
    volume: &Volume,
    force: bool,
) -> Result<Change, Error> {
    let key = object.key();
    let api = key.api(cluster.client.clone())?;
    let events = Events::unheard();
    let live = insist(&events, || api.get_opt(&key.name)).await;
    let live = live.map_err(|error| cluster.refused(format!("read {key}"), &key, &error))?;
    let is_lost = volume.is_other_than(inventory.volume.as_deref());
    if live.is_none() && is_done(&key, inventory) && !is_lost {
        return Ok(Change::Same);
    }
    let content = replicas::tried(object, live.as_ref());
    let patch = Patch::Apply(content.as_ref());
    let attempt = async |force| {
        let parameters = PatchParams {
            force,
            ..PatchParams::apply(FIELD_MANAGER).dry_run()
        };
        insist(&events, || api.patch(&key.name, &parameters, &patch)).await
    };
    let mut applied = attempt(force).await;
    if matches!(&applied, Err(kube::Error::Api(status)) if replicas::is_autoscalers(status)) {
        applied = attempt(true).await;
    }
    let applied = match applied {
        Ok(applied) => applied,
        Err(kube::Error::Api(status)) if is_conflict(&status) => {
            return Ok(Change::Conflict(taken(&status)));
        }
        // Nothing can be tried in a namespace that is still to be made.
        Err(kube::Error::Api(status)) if live.is_none() && lacks_namespace(&status) => {
            return Ok(Change::Create);
        }
        Err(kube::Error::Api(status)) if status.code == 404 => {
            return Err(unknown(cluster, &key));
        }
        Err(error) => {
            let action = format!("try {key} in namespace `{namespace}`");
            return Err(refused(cluster, action, object, &error));
        }
    };
    let Some(live) = live else {
        return Ok(Change::Create);
    };
    if volume.is_younger_than(&live) {
        // What it did was done to a database that is no more: it makes room for a new one.
        return Ok(Change::Create);
    }
    let json = |object| serde_json::to_value(object).unwrap_or(Value::Null);
    let fields = fields(&json(&live), &json(&applied));
    Ok(if fields.is_empty() {
        Change::Same
    } else {
        Change::Update(fields)
    })
}

/// Whether it is the namespace that is not there, and not the kind of the object.
fn lacks_namespace(status: &Status) -> bool {
    let details = status.details.as_ref();
    status.code == 404 && details.is_some_and(|details| details.kind == "namespaces")
}

fn unknown(cluster: &Cluster, key: &ObjectKey) -> Error {
    let ObjectKey {
        api_version, kind, ..
    } = key;
    Error::Prerequisite {
        what: format!(
            "cluster `{}` knows no {kind} of `{api_version}`, which {key} is",
            cluster.name
        ),
        cure: format!(
            "see what it knows with `{}`, and install what defines it",
            cluster.kubectl("api-resources")
        ),
    }
}

/// A Job that came to its end goes away after a while.
fn is_done(key: &ObjectKey, inventory: &Inventory) -> bool {
    key.kind == "Job"
        && inventory.release.is_some()
        && inventory.objects.contains(key)
        && !inventory.begun.contains(key)
}
