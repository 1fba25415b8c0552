//! The namespace itself, which is only ours when we have made it.

use std::time::Duration;

use k8s_openapi::api::core::v1::Namespace;
use kube::api::DeleteParams;
use kube::{Api, ResourceExt as _};

use super::kind::{DATA, Kind, POD, STAGES};
use super::object::Object;
use crate::platform::Error;
use crate::platform::kube::{Cluster, MADE, is_gone, kept_by};

/// Everything of others: what the cluster itself puts into every namespace is left out by name.
const OTHERS: &str = "app.kubernetes.io/managed-by!=shopctl";

/// Objects that a cluster or a controller puts into every namespace.
const EVERYWHERE: [&str; 4] = [
    "serviceaccount/default",
    "configmap/kube-root-ca.crt",
    "configmap/openshift-service-ca.crt",
    "configmap/istio-ca-root-cert",
];

/// Why a namespace stays; none when it may go.
pub async fn reason_to_stay(cluster: &Cluster, name: &str) -> Result<Option<String>, Error> {
    let namespaces: Api<Namespace> = Api::all(cluster.client.clone());
    let namespace = namespaces.get_opt(name).await;
    let namespace =
        namespace.map_err(|error| cluster.failed(format!("read namespace `{name}`"), &error))?;
    let Some(namespace) = namespace else {
        return Ok(None);
    };
    // Our label alone says nothing: the first phase gives it to a namespace that was there before, too.
    if !namespace.annotations().contains_key(MADE) {
        return Ok(Some("shopctl has not made it".to_owned()));
    }
    let foreign = foreign(cluster, name).await?;
    if foreign.is_empty() {
        return Ok(None);
    }
    Ok(Some(format!(
        "somebody else's {} is in it",
        foreign.join(", ")
    )))
}

/// What somebody else has put into it.
async fn foreign(cluster: &Cluster, namespace: &str) -> Result<Vec<String>, Error> {
    let stages = STAGES.iter().chain([&DATA]);
    let kinds = stages.flat_map(|stage| stage.kinds).chain([&POD]);
    let mut foreign = Vec::new();
    for kind in kinds.filter(|kind| !kind.of_cluster) {
        let objects = Object::all(cluster, namespace, *kind, OTHERS).await?;
        let objects = objects.iter().filter(|object| !belongs_here(*kind, object));
        foreign.extend(objects.map(Object::key));
    }
    Ok(foreign)
}

/// What goes with the shop although it carries no label of ours: the certificate that an issuer has made for it.
fn belongs_here(kind: Kind, object: &Object) -> bool {
    let is_certificate = kind.name == "Secret" && object.secret_type() == "kubernetes.io/tls";
    is_certificate
        || object.label("app.kubernetes.io/part-of") == Some("shopmicro")
        || EVERYWHERE.contains(&object.key().as_str())
}

/// Deletes it and waits until it is gone with everything in it.
pub async fn delete(cluster: &Cluster, name: &str, limit: Duration) -> Result<(), Error> {
    let namespaces: Api<Namespace> = Api::all(cluster.client.clone());
    let action = || format!("delete namespace/{name}");
    let seen = namespaces.get_opt(name).await;
    let Some(seen) = seen.map_err(|error| cluster.failed(action(), &error))? else {
        return Ok(());
    };
    match namespaces.delete(name, &DeleteParams::background()).await {
        Ok(_) => {}
        Err(kube::Error::Api(status)) if status.code == 404 => return Ok(()),
        Err(error) => return Err(cluster.failed(action(), &error)),
    }
    let uid = seen.uid().unwrap_or_default();
    if is_gone(&namespaces, name, &uid, limit).await {
        return Ok(());
    }
    let now = namespaces.get_opt(name).await.ok().flatten();
    Err(Error::Cluster {
        action: action(),
        cause: now
            .as_ref()
            .and_then(kept_by)
            .unwrap_or_else(|| format!("it is still there after {} s", limit.as_secs())),
        hint: cluster.kubectl(&format!("describe namespace {name}")),
    })
}
