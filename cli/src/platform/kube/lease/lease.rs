//! The lock of a shop in a cluster: a Lease that its holder renews. A holder that died needs no person.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use k8s_openapi::api::coordination::v1::{Lease as Object, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use k8s_openapi::jiff::Timestamp;
use kube::Api;
use kube::api::{ObjectMeta, PostParams};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::identity::identity;
use crate::plan::Interruption;
use crate::platform::kube::Cluster;
use crate::platform::kube::apply::insist;
use crate::platform::{Entry, Error, Events, Journal};

/// The Lease's name.
const NAME: &str = "shopctl";

/// A holder that has not been heard of for so long is dead.
const DURATION: Duration = Duration::from_secs(15);

/// How often the holder says that it lives.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// How often somebody who waits for a holder looks whether it lives.
const LOOK: Duration = Duration::from_secs(1);

/// The verb that is under way, or was when its holder died.
const OPERATION: &str = "shopmicro.dev/operation";

/// The step that is under way; none when the operation came to its end.
const STEP: &str = "shopmicro.dev/step";

/// A lock that is held. Its annotations are the journal of the operation.
pub struct Lease {
    held: std::sync::Arc<Held>,
    heartbeat: JoinHandle<()>,
}

struct Held {
    leases: Api<Object>,
    cluster: Cluster,
    namespace: String,
    /// Whether the lock was given up. Whoever writes holds this, so that no heartbeat comes after the end.
    released: Mutex<bool>,
}

impl Lease {
    /// Takes the lock for the verb, from nobody or from a dead holder.
    pub async fn take(
        cluster: &Cluster,
        namespace: &str,
        operation: &str,
    ) -> Result<Box<dyn Journal>, Error> {
        let leases: Api<Object> = Api::namespaced(cluster.client.clone(), namespace);
        let failed = |error: &kube::Error| cluster.failed("take the lock of the shop", error);
        let mut there = read(&leases).await.map_err(|error| failed(&error))?;
        let first = there.as_ref().and_then(renewed);
        // A holder that lives says so within a heartbeat; one that was killed a moment ago never does.
        while let Some(holder) = there
            .as_ref()
            .and_then(|lease| living_holder(lease, Timestamp::now()))
        {
            if there.as_ref().and_then(renewed) != first {
                return Err(locked(cluster, namespace, holder));
            }
            sleep(LOOK).await;
            there = read(&leases).await.map_err(|error| failed(&error))?;
        }
        let taken = claim(&leases, there, operation).await;
        if let Some(holder) = taken.map_err(|error| failed(&error))? {
            return Err(locked(cluster, namespace, holder));
        }
        let held = std::sync::Arc::new(Held {
            leases,
            cluster: cluster.clone(),
            namespace: namespace.to_owned(),
            released: Mutex::new(false),
        });
        let heartbeat = tokio::spawn(beat(held.clone()));
        Ok(Box::new(Self { held, heartbeat }))
    }

    /// The operation that was cut off; none when the last one came to its end, or still goes on.
    pub async fn interruption(
        cluster: &Cluster,
        namespace: &str,
    ) -> Result<Option<Interruption>, Error> {
        let leases: Api<Object> = Api::namespaced(cluster.client.clone(), namespace);
        let lease = read(&leases).await;
        let lease = lease.map_err(|error| cluster.failed("read the lock of the shop", &error))?;
        let lease = lease.filter(|lease| {
            let holder = lease
                .spec
                .as_ref()
                .and_then(|spec| spec.holder_identity.as_deref());
            // What another one does at this moment is not cut off; what this one has found is.
            holder == Some(identity()) || living_holder(lease, Timestamp::now()).is_none()
        });
        Ok(lease.and_then(|lease| cut_off(&lease)))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.heartbeat.abort();
    }
}

#[async_trait]
impl Journal for Lease {
    async fn record(&mut self, entry: &Entry) -> Result<(), Error> {
        match entry {
            Entry::Step { name } => {
                self.held
                    .change(|lease| {
                        annotations(lease).insert(STEP.to_owned(), name.clone());
                    })
                    .await
            }
            Entry::DataReady { .. } => Ok(()),
            Entry::Finished { .. } => {
                self.held
                    .release(|lease| {
                        annotations(lease).remove(STEP);
                    })
                    .await
            }
        }
    }

    async fn release(&mut self) -> Result<(), Error> {
        self.held.release(|_| {}).await
    }

    fn outlives_process(&self) -> bool {
        true
    }
}

impl Held {
    /// Writes a change, which fails when somebody else has taken the lock meanwhile.
    async fn change(&self, change: impl Fn(&mut Object) + Send + Sync) -> Result<(), Error> {
        let released = self.released.lock().await;
        if *released {
            return Ok(());
        }
        match self.write(&change).await? {
            None => Ok(()),
            Some(holder) => Err(self.lost(&holder)),
        }
    }

    /// Gives the lock up, once.
    async fn release(&self, change: impl Fn(&mut Object) + Send + Sync) -> Result<(), Error> {
        let mut released = self.released.lock().await;
        if *released {
            return Ok(());
        }
        let give_up = |lease: &mut Object| {
            change(lease);
            lease.spec.get_or_insert_default().holder_identity = None;
        };
        match self.write(&give_up).await? {
            Some(holder) if !holder.is_empty() => Err(self.lost(&holder)),
            // Nobody holds it: an earlier answer was lost on its way.
            _ => {
                *released = true;
                Ok(())
            }
        }
    }

    /// Writes what is to change into the newest state; who has the lock, if we no longer do.
    async fn write(
        &self,
        change: &(impl Fn(&mut Object) + Send + Sync),
    ) -> Result<Option<String>, Error> {
        // Every try reads first: the answer to an earlier write may have been lost.
        let attempt = || async move {
            let mut lease = self.leases.get(NAME).await?;
            let holder = lease
                .spec
                .as_ref()
                .and_then(|spec| spec.holder_identity.clone());
            let holder = holder.unwrap_or_default();
            if holder != identity() {
                return Ok(Some(holder));
            }
            change(&mut lease);
            lease.spec.get_or_insert_default().renew_time = Some(MicroTime(Timestamp::now()));
            let parameters = PostParams::default();
            self.leases.replace(NAME, &parameters, &lease).await?;
            Ok(None)
        };
        let written = insist(&Events::unheard(), attempt).await;
        written.map_err(|error| self.cluster.failed("keep the lock of the shop", &error))
    }

    fn lost(&self, holder: &str) -> Error {
        let who = if holder.is_empty() {
            "somebody who ended since"
        } else {
            holder
        };
        locked(
            &self.cluster,
            &self.namespace,
            format!("{who}, who took it from this one"),
        )
    }
}

async fn beat(held: std::sync::Arc<Held>) {
    loop {
        sleep(HEARTBEAT).await;
        // An API server that is gone for a moment is asked again; a lock that was lost is seen by the next step.
        let _ = held.change(|_| {}).await;
    }
}

async fn read(leases: &Api<Object>) -> Result<Option<Object>, kube::Error> {
    insist(&Events::unheard(), || leases.get_opt(NAME)).await
}

/// Writes the claim over what is there; who has been quicker, if somebody has.
async fn claim(
    leases: &Api<Object>,
    there: Option<Object>,
    operation: &str,
) -> Result<Option<String>, kube::Error> {
    let is_there = there.is_some();
    let mine = claimed(there, operation, Timestamp::now());
    let (mine, parameters) = (&mine, &PostParams::default());
    let attempt = || async move {
        let taken = if is_there {
            leases.replace(NAME, parameters, mine).await
        } else {
            leases.create(parameters, mine).await
        };
        match taken {
            Ok(_) => Ok(None),
            Err(kube::Error::Api(status)) if status.code == 409 => {
                let holder = leases.get(NAME).await?.spec;
                let holder = holder.and_then(|spec| spec.holder_identity);
                // The answer to an earlier try may have been lost: then this one has been quicker than itself.
                let holder = holder.filter(|holder| holder != identity());
                Ok(holder.map(|holder| format!("{holder}, who was quicker")))
            }
            Err(error) => Err(error),
        }
    };
    insist(&Events::unheard(), attempt).await
}

fn claimed(there: Option<Object>, operation: &str, now: Timestamp) -> Object {
    let mut lease = there.unwrap_or_else(|| Object {
        metadata: ObjectMeta {
            name: Some(NAME.to_owned()),
            ..ObjectMeta::default()
        },
        ..Object::default()
    });
    annotations(&mut lease).insert(OPERATION.to_owned(), operation.to_owned());
    lease.spec = Some(LeaseSpec {
        holder_identity: Some(identity().to_owned()),
        lease_duration_seconds: i32::try_from(DURATION.as_secs()).ok(),
        acquire_time: Some(MicroTime(now)),
        renew_time: Some(MicroTime(now)),
        ..LeaseSpec::default()
    });
    lease
}

fn annotations(lease: &mut Object) -> &mut BTreeMap<String, String> {
    lease.metadata.annotations.get_or_insert_default()
}

fn renewed(lease: &Object) -> Option<Timestamp> {
    Some(lease.spec.as_ref()?.renew_time.as_ref()?.0)
}

/// Who holds the lock and lives.
fn living_holder(lease: &Object, now: Timestamp) -> Option<String> {
    let spec = lease.spec.as_ref()?;
    let holder = spec
        .holder_identity
        .clone()
        .filter(|holder| !holder.is_empty())?;
    let renewed = renewed(lease)?;
    let age = Duration::try_from(now.duration_since(renewed)).unwrap_or_default();
    let operation = lease
        .metadata
        .annotations
        .as_ref()
        .and_then(|all| all.get(OPERATION));
    let operation = operation.map_or("an operation", String::as_str);
    (age < DURATION).then(|| {
        format!(
            "`{operation}` of {holder}, last heard of {} s ago",
            age.as_secs()
        )
    })
}

fn cut_off(lease: &Object) -> Option<Interruption> {
    let annotations = lease.metadata.annotations.as_ref()?;
    Some(Interruption {
        step: annotations.get(STEP)?.clone(),
        operation: annotations.get(OPERATION)?.clone(),
    })
}

fn locked(cluster: &Cluster, namespace: &str, holder: String) -> Error {
    Error::Locked {
        place: format!("namespace {namespace} of cluster {}", cluster.name),
        holder,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_living_holder_keeps_others_away() {
        let then: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        let soon: Timestamp = "2026-11-23T10:00:14Z".parse().unwrap();
        let late: Timestamp = "2026-11-23T10:00:16Z".parse().unwrap();
        let lease = claimed(None, "deploy", then);
        let holder = living_holder(&lease, soon).unwrap();
        assert!(
            holder.starts_with("`deploy` of ") && holder.ends_with("14 s ago"),
            "{holder}"
        );
        assert_eq!(living_holder(&lease, late), None);
        let mut released = lease;
        released.spec.as_mut().unwrap().holder_identity = None;
        assert_eq!(living_holder(&released, soon), None);
    }

    #[test]
    fn a_step_that_was_begun_and_not_ended_was_cut_off() {
        let mut lease = claimed(None, "deploy", Timestamp::now());
        assert_eq!(cut_off(&lease), None);
        annotations(&mut lease).insert(STEP.to_owned(), "apply-services".to_owned());
        let interruption = cut_off(&lease).unwrap();
        assert_eq!(
            (interruption.operation.as_str(), interruption.step.as_str()),
            ("deploy", "apply-services")
        );
    }
}
