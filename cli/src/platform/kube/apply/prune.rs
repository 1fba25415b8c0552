//! Removes what a release no longer has.

use futures_util::future::try_join_all;
use kube::ResourceExt as _;
use kube::api::DeleteParams;

use super::inventory::Inventory;
use super::object::ObjectKey;
use super::patience::insist;
use crate::platform::kube::ingress_class::{INGRESS_CLASS, is_needed_by_others};
use crate::platform::kube::{Cluster, is_gone};
use crate::platform::{Error, Events};

/// How long an object may take to go.
const LIMIT: std::time::Duration = std::time::Duration::from_mins(1);

/// The objects of the inventory that are not wanted any more. What holds data stays, and so does what another shop of this
/// cluster needs as well.
pub async fn left(
    cluster: &Cluster,
    namespace: &str,
    inventory: &Inventory,
    wanted: &[ObjectKey],
) -> Result<Vec<ObjectKey>, Error> {
    let unwanted = inventory
        .objects
        .iter()
        .filter(|key| !wanted.iter().any(|wanted| wanted.is_same(key)) && !key.holds_data());
    let mut left: Vec<_> = unwanted.cloned().collect();
    let is_class = |key: &ObjectKey| key.kind == INGRESS_CLASS;
    if left.iter().any(is_class) && is_needed_by_others(cluster, namespace).await? {
        left.retain(|key| !is_class(key));
    }
    Ok(left)
}

/// Removes what is left, and waits until it is gone.
pub async fn prune(
    cluster: &Cluster,
    namespace: &str,
    inventory: &Inventory,
    wanted: &[ObjectKey],
) -> Result<(), Error> {
    let left = left(cluster, namespace, inventory, wanted).await?;
    try_join_all(left.iter().map(|key| remove(cluster, key)))
        .await
        .map(drop)
}

async fn remove(cluster: &Cluster, key: &ObjectKey) -> Result<(), Error> {
    let failed = |error: &kube::Error| cluster.failed(format!("remove {key}"), error);
    let api = key.api(cluster.client.clone())?;
    let events = Events::unheard();
    let there = insist(&events, || api.get_opt(&key.name)).await;
    let Some(object) = there.map_err(|error| failed(&error))? else {
        return Ok(());
    };
    let uid = object.uid().unwrap_or_default();
    let parameters = DeleteParams::background();
    match insist(&events, || api.delete(&key.name, &parameters)).await {
        Ok(_) => {}
        Err(kube::Error::Api(status)) if status.code == 404 => return Ok(()),
        Err(error) => return Err(failed(&error)),
    }
    if is_gone(&api, &key.name, &uid, LIMIT).await {
        return Ok(());
    }
    Err(Error::Cluster {
        action: format!("remove {key}"),
        cause: format!(
            "it is still there after {} s, held by the finalizers {:?}",
            LIMIT.as_secs(),
            object.finalizers()
        ),
        hint: look(cluster, key),
    })
}

fn look(cluster: &Cluster, key: &ObjectKey) -> String {
    let place = key.namespace.as_deref();
    let place = place.map_or_else(String::new, |namespace| format!(" -n {namespace}"));
    cluster.kubectl(&format!("get {key}{place} -o yaml"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::platform::kube::conversation::{Answer, Conversation};

    const ROLES: &str = "GET /apis/rbac.authorization.k8s.io/v1/clusterroles";

    fn key(api_version: &str, kind: &str, namespace: Option<&str>, name: &str) -> ObjectKey {
        ObjectKey {
            api_version: api_version.to_owned(),
            kind: kind.to_owned(),
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
        }
    }

    async fn left_of(talk: &Conversation, had: ObjectKey, wanted: &[ObjectKey]) -> Vec<String> {
        let inventory = Inventory {
            objects: [had].into(),
            ..Inventory::default()
        };
        let left = left(&talk.cluster, "shop", &inventory, wanted).await;
        left.unwrap().iter().map(ToString::to_string).collect()
    }

    #[tokio::test]
    async fn the_class_of_the_bundled_controller_stays_while_another_shop_has_one() {
        let class = || {
            key(
                "networking.k8s.io/v1",
                "IngressClass",
                None,
                "shopmicro-traefik",
            )
        };
        let roles = |names: &[&str]| {
            let roles: Vec<_> = names
                .iter()
                .map(|name| json!({ "metadata": { "name": name } }))
                .collect();
            Answer::Listed(roles.into())
        };
        let none: [&str; 0] = [];
        for (answer, expected) in [
            (roles(&["shop-traefik", "other-traefik"]), &none[..]),
            (Answer::Forbidden("not you"), &none[..]),
            (
                roles(&["shop-traefik"]),
                &["ingressclass/shopmicro-traefik"][..],
            ),
        ] {
            let talk = Conversation::with(vec![(ROLES, answer)]);
            assert_eq!(left_of(&talk, class(), &[]).await, expected);
        }
    }

    #[tokio::test]
    async fn another_version_of_an_api_is_no_other_object() {
        let talk = Conversation::with(vec![]);
        let of = |version: &str| key(version, "HorizontalPodAutoscaler", Some("shop"), "backend");
        let (old, new) = (of("autoscaling/v2beta2"), of("autoscaling/v2"));
        assert!(left_of(&talk, old.clone(), &[new]).await.is_empty());
        let others = [
            of("example.com/v2"),
            key("autoscaling/v2", "HorizontalPodAutoscaler", None, "backend"),
        ];
        assert_eq!(
            left_of(&talk, old, &others).await,
            ["horizontalpodautoscaler/backend"]
        );
    }
}
