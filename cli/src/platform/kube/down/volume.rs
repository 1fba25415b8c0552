//! The volumes behind claims that are deleted.

use std::time::Duration;

use futures_util::future::join_all;
use k8s_openapi::api::core::v1::PersistentVolume;
use kube::{Api, ResourceExt as _};

use crate::platform::kube::{Cluster, is_gone};

/// The volumes of these names that are still there when the time is over, with what to type next. One that is to be kept by
/// its reclaim policy is not waited for.
pub async fn left(cluster: &Cluster, names: &[String], limit: Duration) -> Vec<String> {
    let looked = join_all(names.iter().map(|name| is_left(cluster, name, limit))).await;
    let left = names.iter().zip(looked).filter(|(_, left)| *left);
    left.map(|(name, _)| {
        let look = cluster.kubectl(&format!("describe persistentvolume/{name}"));
        format!("persistentvolume/{name} (see `{look}`, and delete it if nobody needs it)")
    })
    .collect()
}

/// Who may not look at volumes cannot say that one is left.
async fn is_left(cluster: &Cluster, name: &str, limit: Duration) -> bool {
    let volumes: Api<PersistentVolume> = Api::all(cluster.client.clone());
    let Ok(Some(volume)) = volumes.get_opt(name).await else {
        return false;
    };
    let uid = volume.uid().unwrap_or_default();
    let spec = volume.spec.unwrap_or_default();
    if spec.persistent_volume_reclaim_policy.as_deref() != Some("Delete") {
        return true;
    }
    !is_gone(&volumes, name, &uid, limit).await
}
