//! What is missing of the Secrets, and how it is made.

use k8s_openapi::api::core::v1::PersistentVolumeClaim;
use kube::Api;

use super::restart::Readers;
use super::secret::{Present, Writing};
use super::values::Values;
use super::{external, secret, values};
use crate::config::kubernetes::Kubernetes;
use crate::plan::manifest::{BUNDLED, Credentials, EXTERNAL, REDIS, TOKENS, credentials};
use crate::platform::kube::Cluster;
use crate::platform::kube::apply::insist;
use crate::platform::{Error, Events};

/// The claim of the database, which remembers the passwords that it was made with.
const DATA: &str = "data-postgres-0";

/// What is missing of one Secret.
#[derive(Debug, PartialEq, Eq)]
pub struct Missing {
    /// The Secret.
    pub name: String,
    /// Its keys that are not there, or do not say what they are to say.
    pub keys: Vec<&'static str>,
    /// Whether it was made again, and somebody who knows what it said before has not been told to read it again.
    pub is_unread: bool,
}

/// The Secrets that are not there, lack keys, are older than the file that they come from, or were not read again.
pub async fn missing(
    cluster: &Cluster,
    namespace: &str,
    settings: &Kubernetes,
) -> Result<Vec<Missing>, Error> {
    let mut missing = Vec::new();
    for Credentials { name, keys } in credentials(settings) {
        let present = secret::read(cluster, namespace, &name).await?;
        let keys: Vec<_> = if name == EXTERNAL {
            external::outdated(settings, &present)?
        } else {
            keys.into_iter().filter(|key| !present.has(key)).collect()
        };
        let is_unread = present.is_unread();
        if !keys.is_empty() || is_unread {
            missing.push(Missing {
                name,
                keys,
                is_unread,
            });
        }
    }
    Ok(missing)
}

/// The Secrets that [`make`] would make, and what it would end with. Nothing is changed.
pub async fn foresee(
    cluster: &Cluster,
    namespace: &str,
    settings: &Kubernetes,
    force: bool,
) -> Result<(Vec<String>, Vec<Error>), Error> {
    let (mut made, mut refused) = (Vec::new(), Vec::new());
    for missing in missing(cluster, namespace, settings).await? {
        let tried = Writing {
            force,
            dry_run: true,
            ..Writing::default()
        };
        match write(cluster, namespace, settings, &missing, tried).await {
            Ok(()) => made.push(missing.name),
            Err(error @ (Error::Prerequisite { .. } | Error::Conflict { .. })) => {
                refused.push(error);
            }
            Err(error) => return Err(error),
        }
    }
    Ok((made, refused))
}

/// Makes what is missing, and has everybody read it who has read something else before. A Secret that somebody else is to
/// make, and passwords whose data is there while they are not, are errors; so are values that somebody else has set, unless
/// they are to be taken over.
pub async fn make(
    cluster: &Cluster,
    namespace: &str,
    settings: &Kubernetes,
    force: bool,
    events: &Events,
) -> Result<(), Error> {
    for missing in missing(cluster, namespace, settings).await? {
        let name = missing.name.as_str();
        let readers = if missing.is_unread || missing.is_news() {
            Readers::of(cluster, namespace, name).await?
        } else {
            Readers::default()
        };
        // The mark outlives a run that is killed before all of them have been told.
        let is_unread = missing.is_unread || !readers.is_empty();
        let made = Writing {
            force,
            is_unread,
            ..Writing::default()
        };
        write(cluster, namespace, settings, &missing, made).await?;
        if !readers.is_empty() {
            events.note(format!(
                "Secret `{name}` has been made again: {readers} start anew with it{}",
                consequence(name)
            ));
        }
        readers.restart(cluster, namespace).await?;
        if is_unread {
            secret::forget_unread(cluster, namespace, name).await?;
        }
    }
    Ok(())
}

/// What that costs.
fn consequence(name: &str) -> &'static str {
    if name == REDIS {
        "; carts and cache that Redis has not written to its volume are lost"
    } else {
        ""
    }
}

impl Missing {
    /// Whether it will say something that nobody can have read before. An address that is made again from a password
    /// which is known says the same as before.
    fn is_news(&self) -> bool {
        match self.name.as_str() {
            BUNDLED => self.keys.iter().any(|key| key.ends_with("-password")),
            REDIS => ["redis.conf", "url"]
                .iter()
                .all(|key| self.keys.contains(key)),
            _ => !self.keys.is_empty(),
        }
    }
}

/// Writes the keys that are missing, or only looks whether they could be.
async fn write(
    cluster: &Cluster,
    namespace: &str,
    settings: &Kubernetes,
    missing: &Missing,
    how: Writing,
) -> Result<(), Error> {
    if missing.keys.is_empty() {
        return Ok(());
    }
    ensure_makeable(cluster, namespace, missing).await?;
    let name = missing.name.as_str();
    let present = secret::read(cluster, namespace, name).await?;
    let values = values(name, &present, settings)?;
    secret::write(cluster, namespace, name, values, how).await
}

fn values(name: &str, present: &Present, settings: &Kubernetes) -> Result<Values, Error> {
    match name {
        BUNDLED => values::postgres(present),
        EXTERNAL => external::values(settings),
        REDIS => values::redis(present),
        _ => values::tokens(present),
    }
}

/// Fails where somebody else is to make it, or where what it was made for is there while it is not.
async fn ensure_makeable(
    cluster: &Cluster,
    namespace: &str,
    Missing { name, keys, .. }: &Missing,
) -> Result<(), Error> {
    match name.as_str() {
        BUNDLED if keys.iter().any(|key| key.ends_with("-password")) => {
            refuse_where_data_is(cluster, namespace).await
        }
        BUNDLED | EXTERNAL | REDIS | TOKENS => Ok(()),
        _ => Err(theirs(cluster, namespace, name, keys)),
    }
}

/// A volume that was made with a password which is gone must never meet a new one.
async fn refuse_where_data_is(cluster: &Cluster, namespace: &str) -> Result<(), Error> {
    let claims: Api<PersistentVolumeClaim> = Api::namespaced(cluster.client.clone(), namespace);
    let claim = insist(&Events::unheard(), || claims.get_opt(DATA)).await;
    let claim = claim.map_err(|error| cluster.failed(format!("read claim `{DATA}`"), &error))?;
    if claim.is_none() {
        return Ok(());
    }
    Err(Error::Prerequisite {
        what: format!(
            "claim `{DATA}` in namespace `{namespace}` holds a database, but Secret `{BUNDLED}` with its passwords is \
             gone, or some of them are"
        ),
        cure: "put that Secret back from a backup, or remove the data with `shopctl down --delete-data`"
            .to_owned(),
    })
}

fn theirs(cluster: &Cluster, namespace: &str, name: &str, keys: &[&str]) -> Error {
    Error::Prerequisite {
        what: format!(
            "Secret `{name}` in namespace `{namespace}` lacks {}, and `shopctl` does not make it",
            keys.join(", ")
        ),
        cure: cluster.kubectl(&format!(
            "create secret generic {name} -n {namespace} --from-file=KEY=FILE"
        )),
    }
}
