//! What `up` would do to a cluster. Nothing is changed.

use super::apply::Survey;
use super::credentials::foresee;
use super::halted::unchanged;
use super::preflight::preflight;
use super::target::Kube;
use crate::plan::{Component, Difference};
use crate::platform::{Error, image};

/// What `up` would do, and what would keep it from it.
#[derive(Debug, Default)]
pub struct Preview {
    /// What becomes of each object.
    pub survey: Survey,
    /// What else is not as the release says.
    pub difference: Difference,
    /// The Secrets that would be made.
    pub secrets: Vec<String>,
    /// The components that are not ready, and would be waited for.
    pub unready: Vec<Component>,
    /// Whether a release was begun and not ended.
    pub unfinished: bool,
    /// What `up` would end with.
    pub refusals: Vec<Error>,
}

impl Kube {
    /// Looks at all that `up` would do.
    pub async fn preview(&self) -> Result<Preview, Error> {
        self.look_ahead().await.map_err(unchanged)
    }

    async fn look_ahead(&self) -> Result<Preview, Error> {
        if image::is_outdated(&self.config).await {
            return Err(Error::Prerequisite {
                what: "the services are older than their sources, so their images are not known"
                    .to_owned(),
                cure: "shopctl image build".to_owned(),
            });
        }
        let cluster = self.cluster().await?;
        let settings = &self.config.kubernetes;
        preflight(cluster, settings).await?;
        let begun = self.has_namespace().await?;
        let survey = self.survey().await?;
        let difference = Box::pin(self.difference(&survey, begun)).await?;
        let force = self.config.force_conflicts;
        let (secrets, refused) = foresee(cluster, self.namespace(), settings, force).await?;
        let inventory = self.inventory.read().await;
        let was_deployed = begun && inventory.release.is_some();
        let conflict = survey.refuse_conflicts().err();
        Ok(Preview {
            difference,
            secrets,
            unready: if was_deployed {
                self.unready().await?
            } else {
                Vec::new()
            },
            unfinished: inventory.unfinished,
            refusals: conflict.into_iter().chain(refused).collect(),
            survey,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::config::{self, Overrides};
    use crate::plan::manifest::{Manifest, Phase};
    use crate::platform::kube::apply::{Change, Inventory, Object};
    use crate::platform::kube::conversation::{Answer, Conversation};
    use crate::platform::kube::wanted::Wanted;

    fn backend() -> Object {
        let yaml =
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: backend, namespace: shop}}";
        Object::of(&Manifest {
            path: "deployment.yaml".to_owned(),
            phase: Phase::Services,
            component: "backend",
            kind: "Deployment".to_owned(),
            name: "backend".to_owned(),
            yaml: yaml.to_owned(),
        })
        .unwrap()
    }

    /// What `up` would do where the release is there as it was applied, and the cluster answers like this.
    async fn preview(answers: Vec<(&'static str, Answer)>) -> Preview {
        let class = json!({
            "metadata": { "name": "c", "annotations": { "ingressclass.kubernetes.io/is-default-class": "true" } },
        });
        let live = json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "backend", "namespace": "shop" },
        });
        let list = |items| Answer::Object(json!({ "metadata": {}, "items": items }));
        let mut all = answers;
        all.extend([
            (
                "GET /apis/networking.k8s.io/v1/ingressclasses",
                list(json!([class])),
            ),
            (
                "GET /api/v1/namespaces/shopmicro/secrets/",
                Answer::NotFound,
            ),
            (
                "GET /api/v1/namespaces/shopmicro/persistentvolumeclaims/",
                Answer::NotFound,
            ),
            ("GET /api/v1/namespaces/shopmicro/", list(json!([]))),
            ("GET /apis/apps/v1/namespaces/shop/", Answer::Object(live)),
            ("GET /apis/apps/v1/namespaces/shopmicro/", list(json!([]))),
            (
                "GET /api/v1/namespaces/shopmicro",
                Answer::Object(json!({ "metadata": { "name": "shopmicro" } })),
            ),
        ]);
        let talk = Conversation::with(all);
        let wanted = Wanted {
            release: "1".to_owned(),
            objects: vec![backend()],
            build: None,
            tags: BTreeMap::new(),
            digests: BTreeMap::new(),
            workloads: Vec::new(),
        };
        let mut config = config::resolve(Overrides::default()).unwrap();
        config.source = None;
        let kube = Kube::talking(&config, &talk.cluster, wanted);
        let nothing = BTreeMap::new();
        *kube.inventory.write().await = Inventory::of("1", &[backend()], &nothing, &nothing);
        let preview = kube.preview().await.unwrap();
        let sent = talk.addressed();
        assert!(
            sent.iter().all(|request| request.contains("dryRun=All")),
            "{sent:?}"
        );
        preview
    }

    #[tokio::test]
    async fn what_is_no_field_of_an_object_is_foreseen_too() {
        let preview = Box::pin(preview(vec![])).await;
        assert_eq!(preview.survey.changes[0].1, Change::Same);
        assert_eq!(
            preview.secrets,
            [
                "postgres-credentials",
                "redis-credentials",
                "backend-tokens"
            ]
        );
        assert!(preview.unready.contains(&Component::Backend));
        assert!(!preview.difference.is_nothing() && preview.refusals.is_empty());
    }

    #[tokio::test]
    async fn what_up_would_end_with_is_foreseen() {
        let claim = "GET /api/v1/namespaces/shopmicro/persistentvolumeclaims/data-postgres-0";
        let claimed = Answer::Object(json!({ "metadata": { "name": "data-postgres-0" } }));
        let conflict = Answer::Refused(json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": 409,
            "reason": "Conflict", "message": "Apply failed with 1 conflict",
            "details": { "causes": [{
                "reason": "FieldManagerConflict", "message": "conflict with \"kubectl-edit\" using apps/v1",
                "field": ".spec.replicas",
            }] },
        }));
        let answers = vec![(claim, claimed), ("PATCH /apis/apps", conflict)];
        let preview = Box::pin(preview(answers)).await;
        let refusals: Vec<_> = preview.refusals.iter().map(ToString::to_string).collect();
        assert_eq!(refusals.len(), 2, "{refusals:?}");
        assert!(refusals[0].contains("was set by `kubectl-edit`"));
        assert!(refusals[1].contains("holds a database"));
        assert_eq!(preview.secrets, ["redis-credentials", "backend-tokens"]);
    }
}
