//! The namespace of a shop: made so that the lock has a place. What it is to be like is applied with the first phase.

use k8s_openapi::api::core::v1::Namespace;
use kube::api::{ObjectMeta, PostParams};
use kube::{Api, ResourceExt as _};

use super::apply::insist;
use super::is_gone;
use super::preflight::preflight;
use super::target::Kube;
use super::wanted::ensure_images_named;
use crate::platform::{Error, Events};

/// The annotation of a namespace that `shopctl` has made, and may remove.
pub const MADE: &str = "shopmicro.dev/made-by";

/// What is there of it.
enum There {
    Nothing,
    /// Somebody has deleted it, and something in it keeps it from its end.
    Going(Box<Namespace>),
    All,
}

impl Kube {
    /// Whether the namespace is there.
    pub async fn has_namespace(&self) -> Result<bool, Error> {
        let there = self.namespace_now().await?;
        Ok(!matches!(there, There::Nothing))
    }

    /// Makes the namespace where there is none, unless something is missing that can be told before. One that is just being
    /// deleted is waited for.
    pub(super) async fn make_namespace(&self, events: &Events) -> Result<(), Error> {
        match self.namespace_now().await? {
            There::All => return Ok(()),
            There::Going(namespace) => self.await_end(&namespace, events).await?,
            There::Nothing => {}
        }
        let cluster = self.cluster().await?;
        ensure_images_named(&self.config)?;
        preflight(cluster, &self.config.kubernetes).await?;
        let name = self.namespace();
        let namespace = Namespace {
            metadata: ObjectMeta {
                name: Some(name.to_owned()),
                annotations: Some([(MADE.to_owned(), "shopctl".to_owned())].into()),
                ..ObjectMeta::default()
            },
            ..Namespace::default()
        };
        let namespaces: Api<Namespace> = Api::all(cluster.client.clone());
        let (namespaces, namespace) = (&namespaces, &namespace);
        let parameters = &PostParams::default();
        let create = || async move {
            match namespaces.create(parameters, namespace).await {
                // Somebody else was quicker, or the answer to an earlier try was lost.
                Err(kube::Error::Api(status)) if status.code == 409 => Ok(()),
                made => made.map(drop),
            }
        };
        let made = insist(events, create).await;
        made.map_err(|error| cluster.failed(format!("make namespace `{name}`"), &error))
    }

    async fn namespace_now(&self) -> Result<There, Error> {
        let cluster = self.cluster().await?;
        let namespaces: Api<Namespace> = Api::all(cluster.client.clone());
        let name = self.namespace();
        match insist(&Events::unheard(), || namespaces.get_opt(name)).await {
            Ok(None) => Ok(There::Nothing),
            Ok(Some(found)) if found.metadata.deletion_timestamp.is_some() => {
                Ok(There::Going(Box::new(found)))
            }
            Ok(Some(_)) => Ok(There::All),
            // Who may only look into the shop's namespace would not be asked to if there were none.
            Err(kube::Error::Api(status)) if status.code == 403 => Ok(There::All),
            Err(error) => Err(cluster.failed(format!("read namespace `{name}`"), &error)),
        }
    }

    async fn await_end(&self, namespace: &Namespace, events: &Events) -> Result<(), Error> {
        let (cluster, name, limit) = (self.cluster().await?, self.namespace(), self.config.timeout);
        events.note(format!(
            "namespace `{name}` is being deleted; waiting for its end, to make it anew"
        ));
        let namespaces: Api<Namespace> = Api::all(cluster.client.clone());
        let uid = namespace.uid().unwrap_or_default();
        if is_gone(&namespaces, name, &uid, limit).await {
            return Ok(());
        }
        let now = namespaces.get_opt(name).await.ok().flatten();
        let kept_by = now.as_ref().and_then(kept_by);
        let kept_by = kept_by.map_or_else(String::new, |words| format!(": {words}"));
        Err(Error::Prerequisite {
            what: format!(
                "namespace `{name}` is being deleted, and still there after {} s{kept_by}",
                limit.as_secs()
            ),
            cure: format!(
                "see what keeps it with `{}`; once it is gone, run the same command again",
                cluster.kubectl(&format!("describe namespace {name}"))
            ),
        })
    }
}

/// What the namespace controller says of what it waits for.
pub fn kept_by(namespace: &Namespace) -> Option<String> {
    let conditions = namespace.status.as_ref()?.conditions.as_ref()?;
    let remaining = conditions
        .iter()
        .filter(|condition| condition.status == "True" && condition.type_.starts_with("Namespace"));
    let texts: Vec<_> = remaining
        .filter_map(|condition| condition.message.clone())
        .collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use serde_json::{Value, json};
    use tokio::time::sleep;

    use super::*;
    use crate::config::{self, Overrides};
    use crate::exit::Exit;
    use crate::failure::Failure as _;
    use crate::platform::kube::conversation::{Answer, Conversation};
    use crate::platform::kube::wanted::Wanted;

    const GET: &str = "GET /api/v1/namespaces/shopmicro";
    const WATCH: &str = "GET /api/v1/namespaces";
    const POST: &str = "POST /api/v1/namespaces";
    const CLASSES: &str = "GET /apis/networking.k8s.io/v1/ingressclasses";

    fn going() -> Value {
        json!({
            "metadata": { "name": "shopmicro", "uid": "1", "deletionTimestamp": "2026-11-28T00:00:00Z" },
            "status": { "phase": "Terminating", "conditions": [{
                "type": "NamespaceFinalizersRemaining", "status": "True", "reason": "SomeFinalizersRemain",
                "message": "Some content in the namespace has finalizers remaining: example.com/held in 1 resource instances",
            }, {
                "type": "NamespaceDeletionContentFailure", "status": "False", "reason": "ContentDeleted",
                "message": "All content successfully deleted, may be waiting on finalization",
            }] },
        })
    }

    fn classes() -> (&'static str, Answer) {
        let default = json!({ "ingressclass.kubernetes.io/is-default-class": "true" });
        let class = json!({ "metadata": { "name": "traefik", "annotations": default } });
        (CLASSES, Answer::Listed(json!([class])))
    }

    fn made() -> (&'static str, Answer) {
        let made = json!({ "metadata": { "name": "shopmicro" } });
        (POST, Answer::Object(made))
    }

    async fn make(talk: &Conversation) -> Result<(), Error> {
        let wanted = Wanted {
            release: "1".to_owned(),
            objects: Vec::new(),
            build: None,
            tags: BTreeMap::new(),
            digests: BTreeMap::new(),
            workloads: Vec::new(),
        };
        let mut config = config::resolve(Overrides::default()).unwrap();
        config.kubernetes.images.registry =
            Some("registry.example.com".to_owned().try_into().unwrap());
        let kube = Kube::talking(&config, &talk.cluster, wanted);
        kube.make_namespace(&Events::unheard()).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_namespace_that_is_being_deleted_is_waited_for_and_made_anew() {
        let talk = Conversation::with(vec![
            (GET, Answer::Object(going())),
            (WATCH, Answer::Listed(json!([]))),
            classes(),
            made(),
        ]);
        make(&talk).await.unwrap();
        assert_eq!(talk.asked(POST).len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_namespace_that_does_not_go_is_told_with_what_keeps_it() {
        let talk = Conversation::with(vec![
            (GET, Answer::Object(going())),
            (WATCH, Answer::Listed(json!([going()]))),
        ]);
        let error = make(&talk).await.unwrap_err();
        assert_eq!(error.exit(), Exit::Prerequisite);
        let said = error.to_string();
        assert!(said.contains("example.com/held in 1 resource"), "{said}");
        assert!(!said.contains("successfully"), "{said}");
        let next = error.hint().unwrap();
        assert!(next.contains("describe namespace shopmicro"), "{next}");
        assert!(talk.asked(POST).is_empty());
    }

    #[tokio::test]
    async fn no_namespace_is_made_where_nobody_would_serve_the_entry() {
        let talk = Conversation::with(vec![(CLASSES, Answer::Listed(json!([])))]);
        let error = make(&talk).await.unwrap_err();
        assert!(error.to_string().contains("no ingress class"), "{error}");
        assert!(talk.asked(POST).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_restart_of_the_api_server_is_outlasted() {
        let talk = Conversation::with(vec![classes(), made()]);
        talk.leave();
        let restart = async {
            sleep(Duration::from_secs(40)).await;
            talk.come_back();
        };
        let (done, ()) = tokio::join!(make(&talk), restart);
        done.unwrap();
        assert_eq!(talk.asked(POST).len(), 1);
    }
}
