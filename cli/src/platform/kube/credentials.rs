//! The Secrets of the shop: made once, and never replaced.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Secret as Object};
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::json;

use super::FIELD_MANAGER;
use super::apply::insist;
use super::cluster::Cluster;
use crate::config::Secret;
use crate::config::kubernetes::{Database, Kubernetes};
use crate::plan::manifest::{Credentials, credentials};
use crate::platform::state::password::generate;
use crate::platform::{Error, Events};

/// The claim of the database, which remembers the passwords that it was made with.
const DATA: &str = "data-postgres-0";

/// The Secrets that are ours to make.
const POSTGRES: &str = "postgres-credentials";
const REDIS: &str = "redis-credentials";
const TOKENS: &str = "backend-tokens";

/// What a Secret holds: a key and its value.
type Values = BTreeMap<&'static str, String>;

/// What is missing of one Secret.
#[derive(Debug, PartialEq, Eq)]
pub struct Missing {
    /// The Secret.
    pub name: String,
    /// Its keys that are not there.
    pub keys: Vec<&'static str>,
}

/// The Secrets that are not there, or lack keys.
pub async fn missing(
    cluster: &Cluster,
    namespace: &str,
    settings: &Kubernetes,
) -> Result<Vec<Missing>, Error> {
    let mut missing = Vec::new();
    for Credentials { name, keys } in credentials(settings) {
        let present = data(cluster, namespace, &name).await?;
        let keys: Vec<_> = keys
            .into_iter()
            .filter(|key| !present.contains_key(*key))
            .collect();
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
        match ensure_makeable(cluster, namespace, settings, &missing).await {
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
        ensure_makeable(cluster, namespace, settings, &missing).await?;
        let name = missing.name;
        let present = data(cluster, namespace, &name).await?;
        let known = |key: &str| {
            let value = present.get(key)?;
            String::from_utf8(value.0.clone()).ok()
        };
        let values = match name.as_str() {
            POSTGRES => postgres(settings, known)?,
            REDIS => redis(known)?,
            _ => tokens(known)?,
        };
        apply(cluster, namespace, &name, values).await?;
    }
    Ok(())
}

/// Fails where somebody else is to make it, or where what it was made for is there while it is not.
async fn ensure_makeable(
    cluster: &Cluster,
    namespace: &str,
    settings: &Kubernetes,
    Missing { name, keys }: &Missing,
) -> Result<(), Error> {
    match name.as_str() {
        POSTGRES if keys.iter().any(|key| key.ends_with("-password")) => {
            refuse_where_data_is(cluster, namespace, settings).await
        }
        POSTGRES | REDIS | TOKENS => Ok(()),
        _ => Err(theirs(cluster, namespace, name, keys)),
    }
}

async fn data(
    cluster: &Cluster,
    namespace: &str,
    name: &str,
) -> Result<BTreeMap<String, ByteString>, Error> {
    let secrets: Api<Object> = Api::namespaced(cluster.client.clone(), namespace);
    let secret = insist(&Events::unheard(), || secrets.get_opt(name)).await;
    let secret = secret.map_err(|error| cluster.failed(format!("read Secret `{name}`"), &error))?;
    Ok(secret.and_then(|secret| secret.data).unwrap_or_default())
}

/// A volume that was made with a password which is gone must never meet a new one.
async fn refuse_where_data_is(
    cluster: &Cluster,
    namespace: &str,
    settings: &Kubernetes,
) -> Result<(), Error> {
    if !matches!(settings.database, Database::Bundled { .. }) {
        return Ok(());
    }
    let claims: Api<PersistentVolumeClaim> = Api::namespaced(cluster.client.clone(), namespace);
    let claim = insist(&Events::unheard(), || claims.get_opt(DATA)).await;
    let claim = claim.map_err(|error| cluster.failed(format!("read claim `{DATA}`"), &error))?;
    if claim.is_none() {
        return Ok(());
    }
    Err(Error::Prerequisite {
        what: format!(
            "claim `{DATA}` in namespace `{namespace}` holds a database, but Secret \
             `postgres-credentials` with its passwords is gone, or some of them are"
        ),
        cure: "put that Secret back from a backup, or remove the data with `shopctl down --delete-data`"
            .to_owned(),
    })
}

/// A password that is there stays; one that is not is made.
fn kept(known: &impl Fn(&str) -> Option<String>, key: &str) -> Result<String, Error> {
    match known(key) {
        Some(value) => Ok(value),
        None => Ok(generate()?.reveal().to_owned()),
    }
}

fn postgres(
    settings: &Kubernetes,
    known: impl Fn(&str) -> Option<String>,
) -> Result<Values, Error> {
    if let Database::External { url_file, .. } = &settings.database {
        let path = url_file.as_ref();
        let text = path.map(std::fs::read_to_string).transpose();
        let text = text
            .map_err(|source| Error::file("read", url_file.clone().unwrap_or_default(), source))?;
        let url = Secret::new(text.unwrap_or_default().trim());
        let keys = ["backend-url", "migrate-url", "ml-service-url"];
        return Ok(keys.map(|key| (key, url.reveal().to_owned())).into());
    }
    let mut values = Values::new();
    for key in [
        "postgres-password",
        "shopmicro-password",
        "backend-password",
        "ml-service-password",
    ] {
        values.insert(key, kept(&known, key)?);
    }
    for (url, role, key) in [
        ("migrate-url", "shopmicro", "shopmicro-password"),
        ("backend-url", "backend", "backend-password"),
        ("ml-service-url", "ml_service", "ml-service-password"),
    ] {
        let password = &values[key];
        let value = format!("postgres://{role}:{password}@postgres:5432/shopmicro");
        values.insert(url, value);
    }
    Ok(values)
}

fn redis(known: impl Fn(&str) -> Option<String>) -> Result<Values, Error> {
    let configured = known("redis.conf");
    let password = configured
        .as_deref()
        .and_then(|line| line.trim().strip_prefix("requirepass "));
    let password = match password {
        Some(password) => password.to_owned(),
        None => generate()?.reveal().to_owned(),
    };
    Ok(Values::from([
        ("url", format!("redis://:{password}@redis:6379/0")),
        ("redis.conf", format!("requirepass {password}\n")),
    ]))
}

fn tokens(known: impl Fn(&str) -> Option<String>) -> Result<Values, Error> {
    let key = "synthetic-token";
    Ok(Values::from([(key, kept(&known, key)?)]))
}

async fn apply(
    cluster: &Cluster,
    namespace: &str,
    name: &str,
    values: Values,
) -> Result<(), Error> {
    let encoded = values
        .into_iter()
        .map(|(key, value)| (key, ByteString(value.into_bytes())));
    let encoded: BTreeMap<_, _> = encoded.collect();
    let secret = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": name,
            "labels": {
                "app.kubernetes.io/name": name,
                "app.kubernetes.io/part-of": "shopmicro",
                "app.kubernetes.io/managed-by": FIELD_MANAGER,
            },
        },
        "type": "Opaque",
        "data": encoded,
    });
    let secrets: Api<Object> = Api::namespaced(cluster.client.clone(), namespace);
    let parameters = PatchParams::apply(FIELD_MANAGER);
    let patch = Patch::Apply(&secret);
    let make = || secrets.patch(name, &parameters, &patch);
    let answer = insist(&Events::unheard(), make).await;
    answer
        .map(drop)
        .map_err(|error| cluster.failed(format!("make Secret `{name}`"), &error))
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

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::config::kubernetes::{Sections, resolve};
    use crate::platform::kube::conversation::{Answer, Conversation};

    const SECRET: &str = "GET /api/v1/namespaces/shop/secrets/postgres-credentials";
    const CLAIM: &str = "GET /api/v1/namespaces/shop/persistentvolumeclaims/data-postgres-0";

    fn secret(keys: &[&str]) -> Value {
        let data = keys
            .iter()
            .map(|key| (*key, ByteString(key.as_bytes().to_vec())));
        json!({ "metadata": { "name": "s" }, "data": data.collect::<BTreeMap<_, _>>() })
    }

    fn claim() -> Answer {
        Answer::Object(json!({ "metadata": { "name": DATA } }))
    }

    /// Makes what is missing, and what was sent to do it.
    async fn made(answers: Vec<(&'static str, Answer)>) -> (Result<(), Error>, Vec<Value>) {
        let talk = Conversation::with(answers);
        let settings = resolve(Sections::default()).unwrap();
        let made = make(&talk.cluster, "shop", &settings).await;
        (made, talk.sent("PATCH"))
    }

    /// The values of one Secret that was sent.
    fn values(sent: &[Value], name: &str) -> BTreeMap<String, String> {
        let secret = sent
            .iter()
            .find(|secret| secret["metadata"]["name"] == name);
        let data: BTreeMap<String, ByteString> =
            serde_json::from_value(secret.unwrap()["data"].clone()).unwrap();
        data.into_iter()
            .map(|(key, value)| (key, String::from_utf8(value.0).unwrap()))
            .collect()
    }

    #[tokio::test]
    async fn every_installation_gets_passwords_of_its_own() {
        let (one, other) = (made(vec![]).await, made(vec![]).await);
        assert!(one.0.is_ok() && one.1.len() == 3);
        let [one, other] = [one, other].map(|(_, sent)| values(&sent, "postgres-credentials"));
        for key in [
            "postgres-password",
            "shopmicro-password",
            "backend-password",
        ] {
            assert!(one[key].len() >= 16 && one[key] != other[key], "{key}");
        }
        let url = format!(
            "postgres://backend:{}@postgres:5432/shopmicro",
            one["backend-password"]
        );
        assert_eq!(one["backend-url"], url);
    }

    #[tokio::test]
    async fn a_volume_never_meets_new_passwords() {
        let one_is_gone = secret(&[
            "shopmicro-password",
            "backend-password",
            "ml-service-password",
        ]);
        for left in [Answer::NotFound, Answer::Object(one_is_gone)] {
            let (made, sent) = made(vec![(SECRET, left), (CLAIM, claim())]).await;
            let error = made.unwrap_err().to_string();
            assert!(error.contains("holds a database"), "{error}");
            assert!(sent.is_empty(), "{sent:?}");
        }
    }

    #[tokio::test]
    async fn an_address_is_made_again_from_the_password_that_is_known() {
        let passwords = [
            "postgres-password",
            "shopmicro-password",
            "backend-password",
            "ml-service-password",
        ];
        let known = Answer::Object(secret(&passwords));
        let (made, sent) = made(vec![(SECRET, known), (CLAIM, claim())]).await;
        made.unwrap();
        let values = values(&sent, "postgres-credentials");
        assert_eq!(
            values["migrate-url"],
            "postgres://shopmicro:shopmicro-password@postgres:5432/shopmicro"
        );
        assert!(passwords.iter().all(|key| values[*key] == *key));
    }
}
