//! One object that is to go.

use std::time::Duration;

use kube::api::{DeleteParams, DynamicObject, ListParams, Preconditions};
use kube::{Api, ResourceExt as _};

use super::kind::Kind;
use crate::platform::Error;
use crate::platform::kube::remedy::remedy;
use crate::platform::kube::{Cluster, cause, is_gone};

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

    /// The volume that a claim has got.
    pub fn volume(&self) -> Option<String> {
        let name = self.seen.data.pointer("/spec/volumeName")?;
        name.as_str().map(str::to_owned)
    }

    /// Has it removed together with all that it has made, and waits until it is gone; its finalizers may take their time.
    /// One that does not go says why, and what to type next.
    pub async fn end(&self, cluster: &Cluster, limit: Duration) -> Result<(), String> {
        let (name, uid) = (self.name(), self.seen.uid());
        match self.objects.delete(&name, &only(uid.clone())).await {
            Ok(_) => {}
            // It is gone; one of the same name may be somebody else's.
            Err(kube::Error::Api(status)) if [404, 409].contains(&status.code) => return Ok(()),
            Err(error) => return Err(refused(cluster, &error)),
        }
        if is_gone(&self.objects, &name, &uid.unwrap_or_default(), limit).await {
            return Ok(());
        }
        Err(self.stuck(cluster).await)
    }

    /// Names what holds it.
    async fn stuck(&self, cluster: &Cluster) -> String {
        let now = self.objects.get_opt(&self.name()).await.ok().flatten();
        let finalizers = now.map(|now| now.finalizers().join(", "));
        let held = finalizers.filter(|names| !names.is_empty());
        let held = held.map(|names| format!("its finalizers have not let it go: {names}; "));
        held.unwrap_or_default() + &self.left(cluster)
    }

    /// How to see why it is there.
    pub fn left(&self, cluster: &Cluster) -> String {
        let place = self.seen.namespace();
        let place = place.map_or_else(String::new, |place| format!(" -n {place}"));
        let look = cluster.kubectl(&format!("describe {}{place}", self.key()));
        format!("see `{look}`")
    }
}

/// To be removed with all that it has made. A request that is sent again must not meet one that was made since.
fn only(uid: Option<String>) -> DeleteParams {
    DeleteParams::foreground().preconditions(Preconditions {
        uid,
        resource_version: None,
    })
}

/// Why it may not be removed.
fn refused(cluster: &Cluster, error: &kube::Error) -> String {
    let next = remedy(error, |words| cluster.kubectl(words));
    let next = next.map_or_else(String::new, |next| format!("; {next}"));
    cause(error) + &next
}
