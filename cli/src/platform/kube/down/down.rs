//! The order of taking away.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::{join_all, try_join_all};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::DeleteParams;

use super::kind::{CLASS, DATA, Kind, POD, STAGES, Stage};
use super::object::Object;
use super::{namespace as place, volume};
use crate::platform::kube::Cluster;
use crate::platform::kube::apply::INVENTORY;
use crate::platform::kube::ingress_class::{is_needed_by_others, role};
use crate::platform::kube::labels::{MADE_BY_US, OF_OUR_SHOP};
use crate::platform::kube::lease::LEASE;
use crate::platform::{Error, Events};

/// The kind that lies on volumes.
const CLAIM: Kind = DATA.kinds[0];

/// What became of a shop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gone {
    /// What was taken away, in that order.
    pub deleted: Vec<String>,
    /// What was kept, since nobody asked for its end or it is not ours.
    pub kept: Vec<String>,
    /// What is left although it should be gone, with the reason and what to type next.
    pub left: Vec<String>,
}

/// How much of a shop is to go.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extent<'a> {
    /// Whether claims, Secrets and the namespace go too.
    pub data: bool,
    /// The Secret with a certificate that the configuration names, whoever has made it.
    pub certificate: Option<&'a str>,
}

/// Takes the shop in that namespace away. Claims, Secrets and the namespace stay unless the extent says so; whatever
/// `shopctl` has not made stays in any case. Waits at most `limit` for each group of objects. What does not go is told in
/// the end, and data waits for it.
pub async fn down(
    cluster: &Cluster,
    namespace: &str,
    extent: Extent<'_>,
    limit: Duration,
    events: &Events,
) -> Result<Gone, Error> {
    let mut way = Way {
        cluster,
        namespace,
        limit,
        events,
        gone: Gone::default(),
        stuck: BTreeMap::new(),
    };
    for stage in &STAGES {
        way.stage(stage).await?;
    }
    if !extent.data {
        way.keep_data().await?;
    } else if way.stuck.is_empty() {
        way.data(extent.certificate).await?;
    } else {
        way.forget_release().await?;
        way.wait_for_others().await?;
    }
    way.look_back(extent).await?;
    Ok(way.gone)
}

/// What every step needs, and what has come of them.
struct Way<'a> {
    cluster: &'a Cluster,
    namespace: &'a str,
    limit: Duration,
    events: &'a Events,
    gone: Gone,
    /// What did not go in time, with the reason.
    stuck: BTreeMap<String, String>,
}

impl Way<'_> {
    async fn objects(&self, kind: Kind) -> Result<Vec<Object>, Error> {
        // A probe that no policy knows is not a part of the shop, but it is ours.
        let labels = if kind == POD { MADE_BY_US } else { OF_OUR_SHOP };
        let mut objects = Object::all(self.cluster, self.namespace, kind, labels).await?;
        if kind == CLASS && !objects.is_empty() {
            if is_needed_by_others(self.cluster, self.namespace).await? {
                objects.clear();
            }
        } else if kind.of_cluster {
            let own = role(self.namespace);
            objects.retain(|object| object.name() == own);
        }
        Ok(objects)
    }

    async fn keys(&self, kind: Kind) -> Result<Vec<String>, Error> {
        let objects = self.objects(kind).await?;
        Ok(objects.iter().map(Object::key).collect())
    }

    /// Deletes the objects of a stage together and waits until all of them are gone, or are not going to be.
    async fn stage(&mut self, stage: &Stage) -> Result<(), Error> {
        let listed = try_join_all(stage.kinds.iter().map(|kind| self.objects(*kind))).await?;
        let objects: Vec<_> = listed.into_iter().flatten().collect();
        if objects.is_empty() {
            return Ok(());
        }
        self.events
            .progress(format!("{}: {} objects", stage.title, objects.len()));
        let ends = objects
            .iter()
            .map(|object| object.end(self.cluster, self.limit));
        let ends = join_all(ends).await;
        for (object, end) in objects.iter().zip(ends) {
            match end {
                Ok(()) => self.gone.deleted.push(object.key()),
                Err(reason) => {
                    self.stuck.insert(object.key(), reason);
                }
            }
        }
        Ok(())
    }

    /// Names what holds data, or was there for it.
    async fn keep_data(&mut self) -> Result<(), Error> {
        self.forget_release().await?;
        for kind in DATA.kinds {
            let keys = self.keys(*kind).await?;
            self.gone.kept.extend(keys);
        }
        let places = [
            format!("lease/{LEASE}"),
            format!("namespace/{}", self.namespace),
        ];
        self.gone.kept.extend(places);
        Ok(())
    }

    /// What may still be in use is not deleted under whoever uses it.
    async fn wait_for_others(&mut self) -> Result<(), Error> {
        self.forget_lock().await?;
        for kind in DATA.kinds {
            for key in self.keys(*kind).await? {
                let waits = "it waits for what else is left".to_owned();
                self.stuck.entry(key).or_insert(waits);
            }
        }
        self.gone.left.push(format!(
            "namespace/{} (it waits for what else is left)",
            self.namespace
        ));
        Ok(())
    }

    /// Deletes what the shop has stored, and the namespace where it is ours.
    async fn data(&mut self, certificate: Option<&str>) -> Result<(), Error> {
        let claims = self.objects(CLAIM).await?;
        let volumes: Vec<_> = claims.iter().filter_map(Object::volume).collect();
        self.stage(&DATA).await?;
        self.forget_release().await?;
        if self.stuck.is_empty() {
            self.end_namespace(certificate).await?;
        } else {
            self.wait_for_others().await?;
        }
        let volumes = volume::left(self.cluster, &volumes, self.limit).await;
        self.gone.left.extend(volumes);
        Ok(())
    }

    async fn end_namespace(&mut self, certificate: Option<&str>) -> Result<(), Error> {
        let key = format!("namespace/{}", self.namespace);
        let contents =
            place::contents(self.cluster, self.namespace, certificate, self.events).await?;
        if let Some(reason) = contents.reason_to_stay {
            self.forget_lock().await?;
            self.gone.kept.push(format!("{key} ({reason})"));
            return Ok(());
        }
        self.events.progress("deleting the namespace");
        match place::delete(self.cluster, self.namespace, self.limit).await {
            Ok(()) => {
                self.gone.deleted.extend(contents.going_along);
                self.gone.deleted.push(key);
                Ok(())
            }
            Err(Error::Cluster { cause, hint, .. }) => {
                self.gone.left.push(format!("{key} ({cause}; {hint})"));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Says what is left of all that should be gone.
    async fn look_back(&mut self, extent: Extent<'_>) -> Result<(), Error> {
        let data = extent.data.then_some(&DATA);
        for kind in STAGES.iter().chain(data).flat_map(|stage| stage.kinds) {
            for object in self.objects(*kind).await? {
                let key = object.key();
                let reason = self.stuck.remove(&key);
                let reason = reason.unwrap_or_else(|| object.left(self.cluster));
                self.gone.left.push(format!("{key} ({reason})"));
            }
        }
        // It took longer, but it went.
        let late = std::mem::take(&mut self.stuck);
        self.gone.deleted.extend(late.into_keys());
        Ok(())
    }

    /// What is listed there is gone: the next release begins anew.
    async fn forget_release(&self) -> Result<(), Error> {
        let secrets: Api<Secret> = Api::namespaced(self.cluster.client.clone(), self.namespace);
        let deleted = secrets.delete(INVENTORY, &DeleteParams::default()).await;
        self.unless_gone(format!("delete secret/{INVENTORY}"), deleted.map(drop))
    }

    async fn forget_lock(&self) -> Result<(), Error> {
        let leases: Api<Lease> = Api::namespaced(self.cluster.client.clone(), self.namespace);
        let deleted = leases.delete(LEASE, &DeleteParams::default()).await;
        self.unless_gone(format!("delete lease/{LEASE}"), deleted.map(drop))
    }

    fn unless_gone(&self, action: String, deleted: Result<(), kube::Error>) -> Result<(), Error> {
        match deleted {
            Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
            other => other.map_err(|error| self.cluster.failed(action, &error)),
        }
    }
}
