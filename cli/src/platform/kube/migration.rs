//! Migrations of other releases, which must not go on beside the one of this release.

use std::time::Duration;

use futures_util::future::try_join_all;
use k8s_openapi::api::batch::v1::Job;
use kube::api::{DeleteParams, ListParams};
use kube::{Api, ResourceExt as _};

use super::apply::insist;
use super::cluster::Cluster;
use super::is_gone;
use super::labels::{NAME, OF_OUR_SHOP};
use super::rollout::Workload;
use crate::platform::{Error, Events};

/// How long a Job may take to go: longer than its pods have to end.
const LIMIT: Duration = Duration::from_mins(2);

/// Removes every migration of the shop that is none of these, and waits until its pods are gone too.
pub async fn end_others(
    cluster: &Cluster,
    namespace: &str,
    wanted: &[Workload],
    events: &Events,
) -> Result<(), Error> {
    let jobs: Api<Job> = Api::namespaced(cluster.client.clone(), namespace);
    let migrations = ListParams::default().labels(&format!("{OF_OUR_SHOP},{NAME}=migration"));
    let listed = insist(events, || jobs.list(&migrations)).await;
    let listed = listed.map_err(|error| {
        let action = format!("list the migrations in namespace `{namespace}`");
        cluster.failed(action, &error)
    })?;
    let is_other = |job: &&Job| wanted.iter().all(|own| own.name != job.name_any());
    let others = listed.items.iter().filter(is_other);
    try_join_all(others.map(|job| end(cluster, &jobs, job, events)))
        .await
        .map(drop)
}

async fn end(cluster: &Cluster, jobs: &Api<Job>, job: &Job, events: &Events) -> Result<(), Error> {
    let name = job.name_any();
    let action = format!("remove job/{name}, the migration of another release");
    // It goes only after its pods.
    let parameters = DeleteParams::foreground();
    match insist(events, || jobs.delete(&name, &parameters)).await {
        Ok(_) => {}
        Err(kube::Error::Api(status)) if status.code == 404 => return Ok(()),
        Err(error) => return Err(cluster.failed(action, &error)),
    }
    let uid = job.uid().unwrap_or_default();
    if is_gone(jobs, &name, &uid, LIMIT).await {
        return Ok(());
    }
    let place = job.namespace().unwrap_or_default();
    Err(Error::Cluster {
        action,
        cause: format!("it is still there after {} s", LIMIT.as_secs()),
        hint: cluster.kubectl(&format!("describe job/{name} -n {place}")),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::platform::kube::conversation::{Answer, Conversation};
    use crate::platform::kube::rollout::WorkloadKind;

    const JOBS: &str = "GET /apis/batch/v1/namespaces/shop/jobs";
    const DELETE: &str = "DELETE /apis/batch/v1/namespaces/shop/jobs/";

    fn job(name: &str) -> Value {
        json!({ "metadata": { "name": name, "namespace": "shop", "uid": name } })
    }

    async fn end(talk: &Conversation) -> Result<(), Error> {
        let own = Workload {
            kind: WorkloadKind::Job,
            name: "migration-new".to_owned(),
            component: "backend",
        };
        end_others(&talk.cluster, "shop", &[own], &Events::unheard()).await
    }

    fn both() -> Value {
        let jobs = json!([job("migration-old"), job("migration-new")]);
        json!({ "kind": "List", "metadata": { "resourceVersion": "1" }, "items": jobs })
    }

    #[tokio::test(start_paused = true)]
    async fn the_migration_of_another_release_is_gone_before_this_one_begins() {
        let talk = Conversation::with(vec![
            (JOBS, Answer::Once(both())),
            (JOBS, Answer::Listed(json!([]))),
        ]);
        end(&talk).await.unwrap();
        assert_eq!(talk.asked(DELETE), [format!("{DELETE}migration-old")]);
        assert!(talk.queries(JOBS)[0].contains("migration"));
        let sent = talk.sent(DELETE).remove(0);
        assert_eq!(sent["propagationPolicy"], "Foreground");
    }

    #[tokio::test(start_paused = true)]
    async fn a_migration_that_does_not_go_is_named() {
        let talk = Conversation::with(vec![
            (JOBS, Answer::Once(both())),
            (JOBS, Answer::Listed(json!([job("migration-old")]))),
        ]);
        let error = end(&talk).await.unwrap_err().to_string();
        assert!(error.contains("job/migration-old"), "{error}");
    }
}
