//! The namespace itself, which is only ours when we have made it.

use std::time::Duration;

use k8s_openapi::api::core::v1::Namespace;
use kube::api::{DeleteParams, Preconditions};
use kube::{Api, ResourceExt as _};

use super::foreign::Foreign;
use crate::platform::kube::{Cluster, MADE, is_gone, kept_by};
use crate::platform::{Error, Events};

/// So many objects of others are named; more would say the same.
const NAMED: usize = 8;

/// What is in the namespace of a shop that is gone.
#[derive(Debug, Default)]
pub struct Contents {
    /// Why the namespace stays; none when it may go.
    pub reason_to_stay: Option<String>,
    /// What goes along with it although somebody else has made it, since the configuration of the shop names it.
    pub going_along: Vec<String>,
}

/// Looks whether the namespace may go.
pub async fn contents(
    cluster: &Cluster,
    name: &str,
    certificate: Option<&str>,
    events: &Events,
) -> Result<Contents, Error> {
    let namespaces: Api<Namespace> = Api::all(cluster.client.clone());
    let namespace = namespaces.get_opt(name).await;
    let namespace =
        namespace.map_err(|error| cluster.failed(format!("read namespace `{name}`"), &error))?;
    let Some(namespace) = namespace else {
        return Ok(Contents::default());
    };
    // Our label alone says nothing: the first phase gives it to a namespace that was there before, too.
    if !namespace.annotations().contains_key(MADE) {
        return Ok(Contents {
            reason_to_stay: Some("shopctl has not made it".to_owned()),
            ..Contents::default()
        });
    }
    let Foreign {
        mut objects,
        unreadable,
    } = Foreign::of(cluster, name).await;
    for kind in unreadable {
        events.note(format!(
            "it cannot be told whether somebody else has something in namespace `{name}`: {kind}"
        ));
    }
    let named = certificate.map(|name| format!("secret/{name}"));
    let before = objects.len();
    objects.retain(|key| Some(key) != named.as_ref());
    Ok(Contents {
        going_along: named
            .filter(|_| objects.len() < before)
            .into_iter()
            .collect(),
        reason_to_stay: (!objects.is_empty()).then(|| reason(&objects)),
    })
}

fn reason(foreign: &[String]) -> String {
    let named = &foreign[..foreign.len().min(NAMED)];
    let more = foreign.len() - named.len();
    let more = if more == 0 {
        String::new()
    } else {
        format!(" and {more} more")
    };
    format!("somebody else's {}{more} is in it", named.join(", "))
}

/// Deletes it and waits until it is gone with everything in it.
pub async fn delete(cluster: &Cluster, name: &str, limit: Duration) -> Result<(), Error> {
    let namespaces: Api<Namespace> = Api::all(cluster.client.clone());
    let action = || format!("delete namespace/{name}");
    let seen = namespaces.get_opt(name).await;
    let Some(seen) = seen.map_err(|error| cluster.failed(action(), &error))? else {
        return Ok(());
    };
    let only_it = DeleteParams::background().preconditions(Preconditions {
        uid: seen.uid(),
        resource_version: None,
    });
    match namespaces.delete(name, &only_it).await {
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
