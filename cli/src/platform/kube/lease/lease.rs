//! The lock of a shop in a cluster: a Lease that its holder renews. A holder that died needs no person.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use k8s_openapi::api::coordination::v1::Lease as Object;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use k8s_openapi::jiff::Timestamp;
use kube::Api;
use kube::api::PostParams;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::identity::identity;
use super::object::{
    DURATION, NAME, age, begin_step, claimed, cut_off, end, holder, is_dead, renewed,
    said_of_holder,
};
use crate::plan::Interruption;
use crate::platform::kube::Cluster;
use crate::platform::kube::apply::insist;
use crate::platform::{Entry, Error, Events, Fence, Journal, Moment, Tenure};

/// How often the holder says that it lives.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// How soon it says so again where nobody has heard it.
const AGAIN: Duration = Duration::from_secs(1);

/// How often somebody who waits for a holder looks whether it lives.
const LOOK: Duration = Duration::from_secs(1);

/// A lock that is held. Its annotations are the journal of the operation.
pub struct Lease {
    held: Arc<Held>,
    heartbeat: JoinHandle<()>,
}

struct Held {
    leases: Api<Object>,
    cluster: Cluster,
    namespace: String,
    /// Whether the lock was given up. Whoever writes holds this, so that no heartbeat comes after the end.
    released: Mutex<bool>,
    /// What is known of the lock.
    tenure: watch::Sender<Tenure>,
}

impl Lease {
    /// Takes the lock for the verb, from nobody or from a dead holder.
    pub async fn take(
        cluster: &Cluster,
        namespace: &str,
        operation: &str,
        events: &Events,
    ) -> Result<Box<dyn Journal>, Error> {
        let leases: Api<Object> = Api::namespaced(cluster.client.clone(), namespace);
        let failed = |error: &kube::Error| cluster.failed("take the lock of the shop", error);
        let mut there = read(&leases).await.map_err(|error| failed(&error))?;
        let first = there.as_ref().and_then(renewed);
        let mut watched = Duration::ZERO;
        // A holder that lives says so within a heartbeat; one that was killed a moment ago never does.
        while let Some(lease) = there.as_ref().filter(|lease| holder(lease).is_some()) {
            if renewed(lease) != first {
                return Err(locked(cluster, namespace, said_of_holder(lease)));
            }
            if is_dead(lease, watched) {
                break;
            }
            if watched.is_zero() {
                events.note(format!(
                    "the lock of the shop is held by {}; looking for up to {} s whether that lives",
                    said_of_holder(lease),
                    DURATION.as_secs()
                ));
            }
            sleep(LOOK).await;
            watched += LOOK;
            there = read(&leases).await.map_err(|error| failed(&error))?;
        }
        let claimed_at = Moment::now();
        let taken = claim(&leases, there, operation).await;
        if let Some(holder) = taken.map_err(|error| failed(&error))? {
            return Err(locked(cluster, namespace, holder));
        }
        let held = Arc::new(Held {
            leases,
            cluster: cluster.clone(),
            namespace: namespace.to_owned(),
            released: Mutex::new(false),
            tenure: watch::Sender::new(Tenure::Held(claimed_at)),
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
        // What another one does at this moment is not cut off; what this one has found is.
        let lease = lease.filter(|lease| match holder(lease) {
            Some(holder) => holder == identity() || age(lease) >= DURATION,
            None => true,
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
            Entry::Step { name } => self.held.change(|lease| begin_step(lease, name)).await,
            Entry::DataReady { .. } => Ok(()),
            Entry::Finished { .. } => self.held.release(end).await,
        }
    }

    async fn release(&mut self) -> Result<(), Error> {
        self.held.release(|_| {}).await
    }

    fn fence(&self) -> Fence {
        Fence::of(self.held.tenure.subscribe(), DURATION)
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
        let written = insist(&Events::unheard(), || self.attempt(change)).await;
        written.map_err(|error| self.cluster.failed("keep the lock of the shop", &error))
    }

    /// Tries to write once, and tells the work under the lock what has come of it.
    async fn attempt(
        &self,
        change: &(impl Fn(&mut Object) + Send + Sync),
    ) -> Result<Option<String>, kube::Error> {
        let start = Moment::now();
        // An answer that never comes must not keep the next heartbeat from being sent.
        let written = timeout(HEARTBEAT, self.read_and_write(change)).await;
        let written = written.unwrap_or_else(|late| Err(kube::Error::Service(late.into())));
        self.tenure.send_replace(match &written {
            Ok(None) => Tenure::Held(start),
            Ok(Some(holder)) => self.lost_to(holder),
            // Somebody has written between reading and writing; the next try sees who.
            Err(kube::Error::Api(status)) if status.code == 409 => return written,
            Err(_) => Tenure::Unreachable,
        });
        written
    }

    /// Reads first: the answer to an earlier write may have been lost.
    async fn read_and_write(
        &self,
        change: &(impl Fn(&mut Object) + Send + Sync),
    ) -> Result<Option<String>, kube::Error> {
        let mut lease = self.leases.get(NAME).await?;
        let holder = holder(&lease).unwrap_or_default();
        if holder != identity() {
            return Ok(Some(holder.to_owned()));
        }
        change(&mut lease);
        lease.spec.get_or_insert_default().renew_time = Some(MicroTime(Timestamp::now()));
        let parameters = PostParams::default();
        self.leases.replace(NAME, &parameters, &lease).await?;
        Ok(None)
    }

    /// Says that the holder lives; after which pause it is to do so again, or none where there is nothing to hold any more.
    async fn renew(&self) -> Option<Duration> {
        let released = self.released.lock().await;
        if *released {
            return None;
        }
        match self.attempt(&|_| {}).await {
            Ok(None) => Some(HEARTBEAT),
            Ok(Some(_)) => None,
            Err(_) => Some(AGAIN),
        }
    }

    fn lost(&self, holder: &str) -> Error {
        locked(&self.cluster, &self.namespace, successor(holder))
    }

    fn lost_to(&self, holder: &str) -> Tenure {
        Tenure::Lost {
            place: place(&self.cluster, &self.namespace),
            holder: successor(holder),
        }
    }
}

async fn beat(held: Arc<Held>) {
    let mut pause = Some(HEARTBEAT);
    while let Some(rest) = pause {
        sleep(rest).await;
        pause = held.renew().await;
    }
}

/// Who has taken the lock from this one.
fn successor(holder: &str) -> String {
    let who = if holder.is_empty() {
        "somebody who ended since"
    } else {
        holder
    };
    format!("{who}, who took it from this one")
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
                let lease = leases.get(NAME).await?;
                Ok(match holder(&lease) {
                    // The answer to an earlier try was lost: this one has been quicker than itself.
                    Some(holder) if holder == identity() => None,
                    Some(holder) => Some(format!("{holder}, who was quicker")),
                    None => Some("somebody who was quicker and has ended since".to_owned()),
                })
            }
            Err(error) => Err(error),
        }
    };
    insist(&Events::unheard(), attempt).await
}

fn locked(cluster: &Cluster, namespace: &str, holder: String) -> Error {
    Error::Locked {
        place: place(cluster, namespace),
        holder,
    }
}

fn place(cluster: &Cluster, namespace: &str) -> String {
    format!("namespace {namespace} of cluster {}", cluster.name)
}
