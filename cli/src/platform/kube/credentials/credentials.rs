//! What is missing of the Secrets, and how it is made.

use k8s_openapi::api::core::v1::PersistentVolumeClaim;
use kube::Api;

use super::{external, restart, secret, values};
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
}

/// The Secrets that are not there, lack keys, or are older than the file that they come from.
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
        if !keys.is_empty() {
            missing.push(Missing { name, keys });
        }
    }
    Ok(missing)
}

/// The Secrets that [`make`] would make, and what it would end with.
pub async fn foresee(
    cluster: &Cluster,
    namespace: &str,
    settings: &Kubernetes,
) -> Result<(Vec<String>, Vec<Error>), Error> {
    let (mut made, mut refused) = (Vec::new(), Vec::new());
    for missing in missing(cluster, namespace, settings).await? {
        match ensure_makeable(cluster, namespace, &missing).await {
            Ok(()) => made.push(missing.name),
            Err(error @ Error::Prerequisite { .. }) => refused.push(error),
            Err(error) => return Err(error),
        }
    }
    Ok((made, refused))
}

/// Makes what is missing. A Secret that somebody else is to make, and passwords whose data is there while they are not,
/// are errors.
pub async fn make(cluster: &Cluster, namespace: &str, settings: &Kubernetes) -> Result<(), Error> {
    for missing in missing(cluster, namespace, settings).await? {
        ensure_makeable(cluster, namespace, &missing).await?;
        let name = missing.name.as_str();
        let present = secret::read(cluster, namespace, name).await?;
        let values = match name {
            BUNDLED => values::postgres(&present)?,
            EXTERNAL => external::values(settings)?,
            REDIS => values::redis(&present)?,
            _ => values::tokens(&present)?,
        };
        secret::write(cluster, namespace, name, values).await?;
        if name == EXTERNAL && !present.is_nothing() {
            restart::readers(cluster, namespace).await?;
        }
    }
    Ok(())
}

/// Fails where somebody else is to make it, or where what it was made for is there while it is not.
async fn ensure_makeable(
    cluster: &Cluster,
    namespace: &str,
    Missing { name, keys }: &Missing,
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
