//! One object that is to go.

use std::time::Duration;

use kube::api::{DeleteParams, DynamicObject, ListParams};
use kube::{Api, ResourceExt as _};

use super::kind::Kind;
use crate::platform::Error;
use crate::platform::kube::{Cluster, is_gone};

/// One object.
pub struct Object {
    kind: Kind,
    objects: Api<DynamicObject>,
    seen: DynamicObject,
}

impl Object {
    /// The objects of a kind with these labels; none where the cluster has no such kind. What is in no namespace
    /// belongs to the shop that it is named after.
    pub async fn all(
        cluster: &Cluster,
        namespace: &str,
        kind: Kind,
        labels: &str,
    ) -> Result<Vec<Self>, Error> {
        let (client, resource) = (cluster.client.clone(), kind.resource());
        let objects: Api<DynamicObject> = if kind.of_cluster {
            Api::all_with(client, &resource)
        } else {
            Api::namespaced_with(client, namespace, &resource)
        };
        let listed = match objects.list(&ListParams::default().labels(labels)).await {
            Ok(listed) => listed.items,
            Err(kube::Error::Api(status)) if status.code == 404 => Vec::new(),
            // Who may not even look at what is in no namespace has made nothing there.
            Err(kube::Error::Api(status)) if status.code == 403 && kind.of_cluster => Vec::new(),
            Err(error) => {
                let action = format!("list the {} in namespace `{namespace}`", resource.plural);
                return Err(cluster.failed(action, &error));
            }
        };
        let found = listed.into_iter().map(|seen| Self {
            kind,
            objects: objects.clone(),
            seen,
        });
        Ok(found.collect())
    }

    /// As `kubectl` names it: `deployment/backend`.
    pub fn key(&self) -> String {
        format!("{}/{}", self.kind.name.to_lowercase(), self.name())
    }

    /// Its name.
    pub fn name(&self) -> String {
        self.seen.name_any()
    }

    /// The value of one of its labels.
    pub fn label(&self, name: &str) -> Option<&str> {
        self.seen.labels().get(name).map(String::as_str)
    }

    /// What kind of Secret it is.
    pub fn secret_type(&self) -> &str {
        self.seen.data["type"].as_str().unwrap_or_default()
    }

    /// The volume that a claim has got.
    pub fn volume(&self) -> Option<String> {
        let name = self.seen.data.pointer("/spec/volumeName")?;
        name.as_str().map(str::to_owned)
    }

    /// Has it removed together with all that it has made. One that has gone meanwhile is no failure.
    pub async fn delete(&self, cluster: &Cluster) -> Result<(), Error> {
        let (name, with_all) = (self.name(), DeleteParams::foreground());
        match self.objects.delete(&name, &with_all).await {
            Ok(_) => Ok(()),
            Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
            Err(error) => Err(cluster.failed(format!("delete {}", self.key()), &error)),
        }
    }

    /// Waits until it is gone; its finalizers may take their time.
    pub async fn gone(&self, cluster: &Cluster, limit: Duration) -> Result<(), Error> {
        let uid = self.seen.uid().unwrap_or_default();
        let name = self.name();
        if is_gone(&self.objects, &name, &uid, limit).await {
            return Ok(());
        }
        Err(self.stuck(cluster).await)
    }

    /// Names what holds it.
    async fn stuck(&self, cluster: &Cluster) -> Error {
        let now = self.objects.get_opt(&self.name()).await.ok().flatten();
        let finalizers = now.map(|now| now.finalizers().join(", "));
        let held = finalizers.filter(|names| !names.is_empty());
        let cause = held.map_or_else(
            || "it is still there".to_owned(),
            |names| format!("its finalizers have not let it go: {names}"),
        );
        let place = self.seen.namespace();
        let place = place.map_or_else(String::new, |place| format!(" -n {place}"));
        Error::Cluster {
            action: format!("delete {}", self.key()),
            cause,
            hint: cluster.kubectl(&format!("describe {}{place}", self.key())),
        }
    }
}
