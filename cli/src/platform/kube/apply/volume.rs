//! The volume of the bundled database, and what was done to the one before it.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::PersistentVolumeClaim;
use k8s_openapi::jiff::Timestamp;
use kube::Api;
use kube::api::DynamicObject;

use super::object::Object;
use super::patience::insist;
use crate::platform::kube::Cluster;
use crate::platform::{Error, Events};

/// The `StatefulSet` of the bundled database.
pub const DATABASE: &str = "postgres";

/// Its claim.
pub const CLAIM: &str = "data-postgres-0";

/// The volume of the database, as far as it is the cluster's matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Volume {
    /// The database is somewhere else.
    Elsewhere,
    /// It has none, so whatever was done to one before is lost.
    Nowhere,
    /// It was claimed at that time.
    Since(Timestamp),
}

impl Volume {
    /// Looks for the volume of a release that has a database of its own.
    pub async fn of(cluster: &Cluster, namespace: &str, objects: &[Object]) -> Result<Self, Error> {
        let is_bundled = objects
            .iter()
            .any(|object| object.kind() == "StatefulSet" && object.key().name == DATABASE);
        if !is_bundled {
            return Ok(Self::Elsewhere);
        }
        let claims: Api<PersistentVolumeClaim> = Api::namespaced(cluster.client.clone(), namespace);
        let claim = insist(&Events::unheard(), || claims.get_opt(CLAIM)).await;
        let claim =
            claim.map_err(|error| cluster.failed(format!("read claim `{CLAIM}`"), &error))?;
        Ok(claim.map_or(Self::Nowhere, |claim| Self::claimed(&claim)))
    }

    /// The volume of that claim.
    pub fn claimed(claim: &PersistentVolumeClaim) -> Self {
        let created = claim.metadata.creation_timestamp.as_ref();
        created.map_or(Self::Elsewhere, |time| Self::Since(time.0))
    }

    /// How an inventory remembers it.
    pub fn recorded(self) -> Option<String> {
        match self {
            Self::Since(claimed) => Some(claimed.to_string()),
            Self::Elsewhere | Self::Nowhere => None,
        }
    }

    /// Whether it is not the one that an inventory remembers. One that remembers none may be older than such memories.
    pub fn is_other_than(self, recorded: Option<&str>) -> bool {
        match self {
            Self::Elsewhere => false,
            Self::Nowhere => true,
            Self::Since(claimed) => recorded.is_some_and(|before| before != claimed.to_string()),
        }
    }

    /// Whether it is a Job that came to its end before the volume was there, which lasts longer than what it did.
    pub fn is_younger_than(self, object: &DynamicObject) -> bool {
        let is_job = object
            .types
            .as_ref()
            .is_some_and(|types| types.kind == "Job");
        let job = is_job.then(|| object.clone().try_parse::<Job>().ok());
        job.flatten()
            .is_some_and(|job| self.is_younger_than_job(&job))
    }

    /// The same of a Job.
    pub fn is_younger_than_job(self, job: &Job) -> bool {
        let status = job.status.as_ref();
        let Some(completed) = status.and_then(|status| status.completion_time.as_ref()) else {
            return false;
        };
        match self {
            Self::Elsewhere => false,
            Self::Nowhere => true,
            Self::Since(claimed) => completed.0 < claimed,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::plan::manifest::{Manifest, Phase};
    use crate::platform::kube::apply::{Change, Inventory, Survey};
    use crate::platform::kube::conversation::{Answer, Conversation};

    const CLAIMED: &str = "GET /api/v1/namespaces/shop/persistentvolumeclaims/data-postgres-0";

    fn object(api_version: &str, kind: &str, name: &str) -> Object {
        Object::of(&Manifest {
            path: "manifest.yaml".to_owned(),
            phase: Phase::Migration,
            component: "migration",
            kind: kind.to_owned(),
            name: name.to_owned(),
            yaml: format!(
                "{{apiVersion: {api_version}, kind: {kind}, metadata: {{name: {name}, namespace: shop}}}}"
            ),
        })
        .unwrap()
    }

    fn claim(created: &str) -> Answer {
        Answer::Object(json!({ "metadata": { "name": CLAIM, "creationTimestamp": created } }))
    }

    fn job(status: &Value) -> Value {
        json!({
            "apiVersion": "batch/v1", "kind": "Job", "metadata": { "name": "migration-1", "namespace": "shop" },
            "status": status,
        })
    }

    /// What becomes of a Job that ended at noon.
    async fn survey(claim: Answer, objects: &[Object]) -> Change {
        let done = json!({
            "completionTime": "2026-01-02T12:00:00Z", "conditions": [{ "type": "Complete", "status": "True" }],
        });
        let talk = Conversation::with(vec![
            (CLAIMED, claim),
            (
                "GET /apis/batch/v1/namespaces/shop/jobs/",
                Answer::Object(job(&done)),
            ),
            (
                "PATCH /apis/batch/v1/namespaces/shop/jobs/",
                Answer::Object(job(&done)),
            ),
        ]);
        let nothing = Inventory::default();
        let survey = Survey::of(&talk.cluster, "shop", objects, &nothing, false).await;
        survey.unwrap().changes.remove(0).1
    }

    #[tokio::test]
    async fn what_was_done_to_a_volume_that_is_lost_is_to_be_done_again() {
        let of_its_own = [
            object("batch/v1", "Job", "migration-1"),
            object("apps/v1", "StatefulSet", DATABASE),
        ];
        for (claim, expected) in [
            (claim("2026-01-02T11:59:00Z"), Change::Same),
            (claim("2026-01-02T12:01:00Z"), Change::Create),
            (Answer::NotFound, Change::Create),
        ] {
            assert_eq!(survey(claim, &of_its_own).await, expected);
        }
    }

    #[tokio::test]
    async fn a_job_that_went_away_long_ago_is_remembered_with_its_volume() {
        let objects = [
            object("batch/v1", "Job", "migration-1"),
            object("apps/v1", "StatefulSet", DATABASE),
        ];
        let nothing = std::collections::BTreeMap::new();
        let mut inventory = Inventory::of("1", &objects, &nothing, &nothing);
        let time: Timestamp = "2026-01-02T12:00:00Z".parse().unwrap();
        for (recorded, claim, expected) in [
            (
                Volume::Since(time).recorded(),
                claim("2026-01-02T12:00:00Z"),
                Change::Same,
            ),
            (
                Volume::Since(time).recorded(),
                claim("2026-01-02T13:00:00Z"),
                Change::Create,
            ),
            (
                Volume::Since(time).recorded(),
                Answer::NotFound,
                Change::Create,
            ),
            (None, claim("2026-01-02T13:00:00Z"), Change::Same),
        ] {
            inventory.volume = recorded;
            let talk = Conversation::with(vec![(CLAIMED, claim)]);
            let survey = Survey::of(&talk.cluster, "shop", &objects, &inventory, false).await;
            assert_eq!(survey.unwrap().changes.remove(0).1, expected);
        }
    }

    #[tokio::test]
    async fn a_database_elsewhere_has_no_volume_to_lose() {
        let elsewhere = [object("batch/v1", "Job", "migration-1")];
        let left_behind = claim("2026-01-02T12:01:00Z");
        assert_eq!(survey(left_behind, &elsewhere).await, Change::Same);
    }

    #[test]
    fn a_job_that_is_still_at_it_is_left_alone() {
        let running: Job = serde_json::from_value(job(&json!({ "active": 1 }))).unwrap();
        assert!(!Volume::Nowhere.is_younger_than_job(&running));
    }
}
