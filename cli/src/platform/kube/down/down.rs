//! The order of taking away.

use std::time::Duration;

use futures_util::future::try_join_all;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::DeleteParams;

use super::kind::{CLASS, DATA, Kind, POD, ROLE, STAGES, Stage};
use super::object::Object;
use super::{namespace as place, volume};
use crate::platform::kube::Cluster;
use crate::platform::kube::apply::INVENTORY;
use crate::platform::kube::labels::{MADE_BY_US, OF_OUR_SHOP};
use crate::platform::kube::lease::LEASE;
use crate::platform::{Error, Events};

/// The two kinds that hold what must not get lost.
const CLAIM: Kind = DATA.kinds[0];
const SECRET: Kind = DATA.kinds[1];

/// What became of a shop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gone {
    /// What was taken away, in that order.
    pub deleted: Vec<String>,
    /// What holds data and was kept, since nobody asked for its end.
    pub kept: Vec<String>,
    /// What is left although it should be gone, with the reason where there is one.
    pub left: Vec<String>,
}

/// Takes the shop in that namespace away. Claims, Secrets and the namespace stay unless `delete_data`; whatever
/// `shopctl` has not made stays in any case. Waits at most `limit` for each group of objects.
pub async fn down(
    cluster: &Cluster,
    namespace: &str,
    delete_data: bool,
    limit: Duration,
    events: &Events,
) -> Result<Gone, Error> {
    let way = Way {
        cluster,
        namespace,
        limit,
        events,
    };
    let mut gone = Gone::default();
    for stage in &STAGES {
        gone.deleted.extend(way.stage(stage).await?);
    }
    if delete_data {
        way.data(&mut gone).await?;
    } else {
        way.forget_release().await?;
        for kind in DATA.kinds {
            gone.kept.extend(way.keys(*kind).await?);
        }
    }
    for stage in &STAGES {
        for kind in stage.kinds {
            gone.left.extend(way.keys(*kind).await?);
        }
    }
    Ok(gone)
}

/// What every step needs.
struct Way<'a> {
    cluster: &'a Cluster,
    namespace: &'a str,
    limit: Duration,
    events: &'a Events,
}

impl Way<'_> {
    async fn objects(&self, kind: Kind) -> Result<Vec<Object>, Error> {
        // A probe that no policy knows is not a part of the shop, but it is ours.
        let labels = if kind == POD { MADE_BY_US } else { OF_OUR_SHOP };
        let mut objects = Object::all(self.cluster, self.namespace, kind, labels).await?;
        if kind.of_cluster && !objects.is_empty() {
            let own = self.own_role();
            let is_last = self.is_last().await?;
            // A role is named after its namespace; the class of the bundled controller is shared.
            objects.retain(|object| object.name() == own || (kind == CLASS && is_last));
        }
        Ok(objects)
    }

    fn own_role(&self) -> String {
        format!("{}-traefik", self.namespace)
    }

    /// Whether no other shop of this cluster has a controller of its own.
    async fn is_last(&self) -> Result<bool, Error> {
        let roles = Object::all(self.cluster, self.namespace, ROLE, OF_OUR_SHOP).await?;
        Ok(roles.iter().all(|role| role.name() == self.own_role()))
    }

    async fn keys(&self, kind: Kind) -> Result<Vec<String>, Error> {
        let objects = self.objects(kind).await?;
        Ok(objects.iter().map(Object::key).collect())
    }

    /// Deletes the objects of a stage together and waits until all of them are gone.
    async fn stage(&self, stage: &Stage) -> Result<Vec<String>, Error> {
        let listed = try_join_all(stage.kinds.iter().map(|kind| self.objects(*kind))).await?;
        let objects: Vec<_> = listed.into_iter().flatten().collect();
        if objects.is_empty() {
            return Ok(Vec::new());
        }
        self.events
            .progress(format!("{}: {} objects", stage.title, objects.len()));
        try_join_all(objects.iter().map(|object| object.delete(self.cluster))).await?;
        let gone = objects
            .iter()
            .map(|object| object.gone(self.cluster, self.limit));
        try_join_all(gone).await?;
        Ok(objects.iter().map(Object::key).collect())
    }

    /// Deletes what the shop has stored, and the namespace where it is ours.
    async fn data(&self, gone: &mut Gone) -> Result<(), Error> {
        let claims = self.objects(CLAIM).await?;
        let volumes: Vec<_> = claims.iter().filter_map(Object::volume).collect();
        gone.deleted.extend(self.stage(&DATA).await?);
        self.forget_release().await?;
        match place::reason_to_stay(self.cluster, self.namespace).await? {
            None => {
                self.events.progress("deleting the namespace");
                place::delete(self.cluster, self.namespace, self.limit).await?;
                gone.deleted.push(format!("namespace/{}", self.namespace));
            }
            Some(reason) => {
                self.forget_lock().await?;
                gone.kept
                    .push(format!("namespace/{} ({reason})", self.namespace));
            }
        }
        for kind in [CLAIM, SECRET] {
            gone.left.extend(self.keys(kind).await?);
        }
        gone.left
            .extend(volume::left(self.cluster, &volumes, self.limit).await);
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tokio::sync::mpsc;

    use super::*;
    use crate::platform::kube::conversation::{Answer, Conversation};

    const LIMIT: Duration = Duration::from_secs(5);

    fn list(items: &Value) -> Value {
        json!({ "kind": "List", "metadata": { "resourceVersion": "1" }, "items": items })
    }

    fn named(name: &str) -> Value {
        list(&json!([{ "metadata": { "name": name, "uid": "1" } }]))
    }

    /// What the namespace has, and after that nothing of it.
    fn talk(mut answers: Vec<(&'static str, Answer)>) -> Conversation {
        answers.push((
            "GET /api/v1/namespaces/shop/",
            Answer::Object(list(&json!([]))),
        ));
        answers.push(("GET /apis/", Answer::Object(list(&json!([])))));
        Conversation::with(answers)
    }

    fn deployed() -> Vec<(&'static str, Answer)> {
        vec![
            (
                "GET /apis/apps/v1/namespaces/shop/deployments",
                Answer::Once(named("backend")),
            ),
            (
                "GET /apis/apps/v1/namespaces/shop/statefulsets",
                Answer::Once(named("postgres")),
            ),
            (
                "GET /apis/networking.k8s.io/v1/namespaces/shop/ingresses",
                Answer::Once(named("shopmicro-ingress")),
            ),
            ("GET /apis/gateway.networking.k8s.io/", Answer::NotFound),
            (
                "DELETE /api/v1/namespaces/shop/secrets/shopctl-inventory",
                Answer::NotFound,
            ),
        ]
    }

    async fn take_down(talk: &Conversation, delete_data: bool) -> Result<Gone, Error> {
        let (events, _told) = mpsc::unbounded_channel();
        down(
            &talk.cluster,
            "shop",
            delete_data,
            LIMIT,
            &Events::new(events),
        )
        .await
    }

    fn namespace(labels: &Value) -> Value {
        json!({ "metadata": { "name": "shop", "uid": "1", "labels": labels } })
    }

    #[tokio::test]
    async fn the_entry_goes_first_and_the_data_stays() {
        let mut answers = deployed();
        answers.push((
            "GET /api/v1/namespaces/shop/persistentvolumeclaims",
            Answer::Object(named("data-postgres-0")),
        ));
        answers.push((
            "GET /api/v1/namespaces/shop/secrets",
            Answer::Object(named("postgres-credentials")),
        ));
        let talk = talk(answers);
        let gone = take_down(&talk, false).await.unwrap();
        assert_eq!(
            gone.deleted,
            [
                "ingress/shopmicro-ingress",
                "deployment/backend",
                "statefulset/postgres"
            ]
        );
        assert_eq!(
            gone.kept,
            [
                "persistentvolumeclaim/data-postgres-0",
                "secret/postgres-credentials"
            ]
        );
        assert!(gone.left.is_empty(), "{gone:?}");
        let deleted = talk.asked("DELETE ");
        assert_eq!(
            deleted,
            [
                "DELETE /apis/networking.k8s.io/v1/namespaces/shop/ingresses/shopmicro-ingress",
                "DELETE /apis/apps/v1/namespaces/shop/deployments/backend",
                "DELETE /apis/apps/v1/namespaces/shop/statefulsets/postgres",
                "DELETE /api/v1/namespaces/shop/secrets/shopctl-inventory",
            ]
        );
    }

    #[tokio::test]
    async fn data_goes_with_the_namespace_that_is_ours() {
        let mut ours = namespace(&json!({ "app.kubernetes.io/managed-by": "shopctl" }));
        ours["metadata"]["annotations"] = json!({ "shopmicro.dev/made-by": "shopctl" });
        let claim = json!([{ "metadata": { "name": "data-postgres-0", "uid": "1" }, "spec": { "volumeName": "pv-1" } }]);
        let kept = json!({ "metadata": { "name": "pv-1" }, "spec": { "persistentVolumeReclaimPolicy": "Retain" } });
        let mut answers = deployed();
        answers.push((
            "GET /api/v1/namespaces/shop/persistentvolumeclaims",
            Answer::Once(list(&claim)),
        ));
        answers.push((
            "GET /api/v1/namespaces/shop/persistentvolumeclaims",
            Answer::Once(list(&claim)),
        ));
        answers.push(("GET /api/v1/persistentvolumes/pv-1", Answer::Object(kept)));
        answers.push((
            "GET /api/v1/namespaces/shop/",
            Answer::Object(list(&json!([]))),
        ));
        answers.push(("GET /api/v1/namespaces/shop", Answer::Once(ours.clone())));
        answers.push(("GET /api/v1/namespaces/shop", Answer::Once(ours)));
        answers.push(("GET /api/v1/namespaces", Answer::Object(list(&json!([])))));
        let talk = talk(answers);
        let gone = take_down(&talk, true).await.unwrap();
        assert_eq!(
            gone.deleted[3..],
            ["persistentvolumeclaim/data-postgres-0", "namespace/shop"]
        );
        assert_eq!(gone.left, ["persistentvolume/pv-1"]);
    }

    #[tokio::test]
    async fn the_probe_of_a_verification_that_was_killed_goes_too() {
        let path = "GET /api/v1/namespaces/shop/pods";
        let probe = named("shopctl-verify-stranger-1");
        let mut answers = vec![
            (path, Answer::Once(probe)),
            ("GET /api/v1/namespaces/shop/pods/", Answer::NotFound),
        ];
        answers.extend(deployed());
        let talk = talk(answers);
        let gone = take_down(&talk, false).await.unwrap();
        assert!(
            gone.deleted
                .contains(&"pod/shopctl-verify-stranger-1".to_owned()),
            "{gone:?}"
        );
        assert!(gone.left.is_empty(), "{gone:?}");
        // It is part of no shop, so its maker is all that it can be found by.
        let by_maker = "&labelSelector=app.kubernetes.io%2Fmanaged-by%3Dshopctl";
        assert_eq!(talk.queries(path)[0], by_maker);
    }

    #[tokio::test]
    async fn a_namespace_of_somebody_else_stays() {
        let theirs = Answer::Object(namespace(&json!({})));
        let mut answers = deployed();
        answers.push((
            "GET /api/v1/namespaces/shop/",
            Answer::Object(list(&json!([]))),
        ));
        answers.push(("GET /api/v1/namespaces/shop", theirs));
        let talk = talk(answers);
        let gone = take_down(&talk, true).await.unwrap();
        assert_eq!(gone.kept, ["namespace/shop (shopctl has not made it)"]);
        assert!(
            talk.asked("DELETE /api/v1/namespaces/shop")
                .iter()
                .all(|one| one.contains("secrets"))
        );
    }

    #[tokio::test]
    async fn what_a_finalizer_holds_is_named() {
        let held = json!({ "metadata": { "name": "backend", "namespace": "shop", "uid": "1", "finalizers": ["example.com/hold"] } });
        let answers = vec![
            (
                "GET /apis/apps/v1/namespaces/shop/deployments/backend",
                Answer::Object(held.clone()),
            ),
            (
                "GET /apis/apps/v1/namespaces/shop/deployments",
                Answer::Object(list(&json!([held]))),
            ),
        ];
        let talk = talk(answers);
        let (events, _told) = mpsc::unbounded_channel();
        let limit = Duration::from_millis(100);
        let stuck = down(&talk.cluster, "shop", false, limit, &Events::new(events)).await;
        assert_eq!(
            stuck.unwrap_err().to_string(),
            "cannot delete deployment/backend: its finalizers have not let it go: example.com/hold"
        );
    }

    #[tokio::test]
    async fn a_role_of_another_shop_stays() {
        let roles = list(&json!([
            { "metadata": { "name": "shop-traefik", "uid": "1" } },
            { "metadata": { "name": "other-traefik", "uid": "2" } },
        ]));
        let after = list(&json!([{ "metadata": { "name": "other-traefik", "uid": "2" } }]));
        let path = "GET /apis/rbac.authorization.k8s.io/v1/clusterroles";
        let talk = talk(vec![
            (path, Answer::Once(roles.clone())),
            (path, Answer::Once(roles.clone())),
            (path, Answer::Once(roles)),
            (path, Answer::Object(after)),
            (
                "GET /apis/networking.k8s.io/v1/ingressclasses",
                Answer::Object(named("shopmicro-traefik")),
            ),
        ]);
        let gone = take_down(&talk, false).await.unwrap();
        assert_eq!(gone.deleted, ["clusterrole/shop-traefik"]);
        assert!(gone.left.is_empty(), "{gone:?}");
    }
}
