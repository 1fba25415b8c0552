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
use tokio::time::{sleep, timeout};

use super::identity::identity;
use crate::plan::Interruption;
use crate::platform::kube::Cluster;
use crate::platform::kube::apply::insist;
use crate::platform::{Entry, Error, Events, Journal};

/// The Lease's name.
pub const NAME: &str = "shopctl";

/// A holder that has not been heard of for so long is dead.
const DURATION: Duration = Duration::from_secs(15);

/// The same, where the clocks of two machines say so: they may differ by less than this.
const FORGOTTEN: Duration = Duration::from_mins(10);

/// How often the holder says that it lives.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// How long a holder is watched that is dead by the clock of another machine: longer than from one heartbeat to the next.
const WATCH: Duration = Duration::from_secs(7);

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
        let mut watched = Duration::ZERO;
        // A holder that lives says so within a heartbeat; one that was killed a moment ago never does.
        while let Some(lease) = there.as_ref().filter(|lease| holder(lease).is_some()) {
            if renewed(lease) != first {
                return Err(locked(cluster, namespace, said_of_holder(lease)));
            }
            if is_dead(lease, watched) {
                break;
            }
            sleep(LOOK).await;
            watched += LOOK;
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
            let holder = holder(&lease).unwrap_or_default();
            if holder != identity() {
                return Ok(Some(holder.to_owned()));
            }
            change(&mut lease);
            lease.spec.get_or_insert_default().renew_time = Some(MicroTime(Timestamp::now()));
            let parameters = PostParams::default();
            self.leases.replace(NAME, &parameters, &lease).await?;
            Ok(None)
        };
        // An answer that never comes must not keep the next heartbeat from being sent.
        let in_time = || async {
            timeout(HEARTBEAT, attempt())
                .await
                .unwrap_or_else(|late| Err(kube::Error::Service(late.into())))
        };
        let written = insist(&Events::unheard(), in_time).await;
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

/// Who holds the lock, alive or not.
fn holder(lease: &Object) -> Option<&str> {
    let holder = lease.spec.as_ref()?.holder_identity.as_deref()?;
    Some(holder).filter(|holder| !holder.is_empty())
}

/// For how long the holder was not heard of, as far as its clock and this one agree.
fn age(lease: &Object) -> Duration {
    renewed(lease).map_or(Duration::MAX, |renewed| {
        Duration::try_from(Timestamp::now().duration_since(renewed)).unwrap_or_default()
    })
}

/// Whether the holder is dead that has said nothing while it was `watched`. Clocks of two machines are not trusted by
/// themselves, neither to take a lock from somebody who lives nor to wait for somebody who does not.
fn is_dead(lease: &Object, watched: Duration) -> bool {
    let age = age(lease);
    watched >= DURATION || age >= FORGOTTEN || (age >= DURATION && watched >= WATCH)
}

fn said_of_holder(lease: &Object) -> String {
    let annotations = lease.metadata.annotations.as_ref();
    let operation = annotations.and_then(|all| all.get(OPERATION));
    format!(
        "`{}` of {}, last heard of {} s ago",
        operation.map_or("an operation", String::as_str),
        holder(lease).unwrap_or_default(),
        age(lease).as_secs()
    )
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
    fn a_holder_is_dead_when_it_says_nothing_while_somebody_listens() {
        let seconds = Duration::from_secs;
        let heard_of = |ago| claimed(None, "deploy", Timestamp::now() - seconds(ago));
        assert!(!is_dead(&heard_of(0), seconds(14)) && is_dead(&heard_of(0), seconds(15)));
        assert!(!is_dead(&heard_of(20), seconds(6)) && is_dead(&heard_of(20), seconds(7)));
        assert!(is_dead(&heard_of(3600), seconds(0)));
        // The holder's clock is ahead by an hour.
        let ahead = claimed(None, "deploy", Timestamp::now() + seconds(3600));
        assert!(!is_dead(&ahead, seconds(14)) && is_dead(&ahead, seconds(15)));
    }

    #[test]
    fn a_holder_is_told_with_what_it_does() {
        let lease = claimed(None, "deploy", Timestamp::now() - Duration::from_secs(3));
        let said = said_of_holder(&lease);
        assert!(
            said.starts_with("`deploy` of ") && said.ends_with(" s ago"),
            "{said}"
        );
        let mut released = lease;
        released.spec.as_mut().unwrap().holder_identity = None;
        assert_eq!(holder(&released), None);
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
