//! A release that came to a halt half-way.

use std::fmt;

use super::Refused;
use super::rollout::is_serving;
use super::target::Kube;
use crate::exit::Exit;
use crate::platform::Error;

/// What has gone wrong after something was changed.
#[derive(Debug)]
pub struct Halted {
    /// The error.
    pub error: Error,
    /// Whether the shop serves all the same; none where nobody could be asked.
    pub serving: Option<bool>,
}

impl Halted {
    /// How a call ends with it.
    pub const fn exit(&self) -> Exit {
        match self.serving {
            Some(true) => Exit::PreviousServing,
            Some(false) | None => Exit::NothingServing,
        }
    }
}

impl fmt::Display for Halted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { error, serving } = self;
        let standing = match serving {
            Some(true) => "the shop serves on",
            Some(false) => "nothing healthy is serving",
            None => "whether anything serves could not be asked",
        };
        write!(formatter, "{error}; {standing}")
    }
}

/// An error of the cluster before anything was changed: what the release needs is not there.
pub fn unchanged(error: Error) -> Error {
    match error {
        Error::Cluster { ref hint, .. } => Error::Prerequisite {
            what: error.to_string(),
            cure: hint.clone(),
        },
        other => other,
    }
}

impl Kube {
    /// An error in a step, with what it means for the shop.
    pub(super) async fn halted(&self, error: Error) -> Error {
        if !self.is_changing() {
            return unchanged(error);
        }
        match error {
            Error::Refused(refused) if refused.serving.is_none() => {
                let serving = Some(self.is_serving().await.unwrap_or(false));
                Error::Refused(Box::new(Refused {
                    serving,
                    ..*refused
                }))
            }
            Error::Cluster { .. } | Error::Conflict { .. } => Error::Halted(Box::new(Halted {
                serving: self.is_serving().await,
                error,
            })),
            other => other,
        }
    }

    async fn is_serving(&self) -> Option<bool> {
        is_serving(self.cluster().await.ok()?, self.namespace()).await
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use k8s_openapi::ByteString;
    use serde_json::{Value, json};

    use super::*;
    use crate::config::{self, Overrides};
    use crate::failure::Failure as _;
    use crate::plan::Step;
    use crate::platform::kube::conversation::{Answer, Conversation};
    use crate::platform::kube::wanted::Wanted;
    use crate::platform::{Events, Platform as _};

    fn shop(talk: &Conversation) -> Kube {
        let wanted = Wanted {
            release: "1".to_owned(),
            objects: Vec::new(),
            build: None,
            tags: BTreeMap::new(),
            digests: BTreeMap::new(),
            workloads: Vec::new(),
        };
        let config = config::resolve(Overrides::default()).unwrap();
        Kube::talking(&config, &talk.cluster, wanted)
    }

    /// A cluster that fails at everything but to tell that the pods of these parts are ready.
    fn failing(ready: &[&str]) -> Conversation {
        let pod = |name: &&str| {
            json!({
                "metadata": { "name": name, "labels": { "app.kubernetes.io/name": name } },
                "status": { "conditions": [{ "type": "Ready", "status": "True" }] },
            })
        };
        let pods: Value = ready.iter().map(pod).collect();
        let inventory = ByteString(br#"{"release":"0-abc","objects":[]}"#.to_vec());
        let before = json!({ "metadata": { "name": "shopctl-inventory" }, "data": { "inventory.json": inventory } });
        Conversation::with(vec![
            (
                "GET /api/v1/namespaces/shopmicro/secrets/shopctl-inventory",
                Answer::Object(before),
            ),
            (
                "GET /api/v1/namespaces/shopmicro/pods",
                Answer::Listed(pods),
            ),
            ("GET /apis/apps/v1/", Answer::Listed(json!([]))),
            (
                "",
                Answer::Refused(json!({
                    "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": 400,
                    "reason": "BadRequest", "message": "no idea",
                })),
            ),
        ])
    }

    async fn fail(talk: &Conversation, step: Step) -> Error {
        let kube = shop(talk);
        let done = kube.carry_out(&step, &Events::unheard()).await;
        done.unwrap_err()
    }

    #[tokio::test]
    async fn before_anything_is_changed_a_prerequisite_is_missing() {
        let talk = failing(&["backend", "frontend", "ml-service"]);
        let error = fail(&talk, Step::MakeCredentials).await;
        assert_eq!(error.exit(), Exit::Prerequisite, "{error}");
        assert!(error.hint().unwrap().starts_with("kubectl "));
        assert!(
            talk.asked("GET /api/v1/namespaces/shopmicro/pods")
                .is_empty()
        );
    }

    #[tokio::test]
    async fn an_error_after_something_was_changed_says_whether_the_shop_serves() {
        let talk = failing(&["backend", "frontend", "ml-service"]);
        let error = fail(&talk, Step::RecordRelease).await;
        assert_eq!(error.exit(), Exit::PreviousServing);
        assert_eq!(
            error.to_string(),
            "cannot write the inventory: no idea; the shop serves on"
        );
        assert!(error.hint().unwrap().starts_with("kubectl "));
        let error = fail(&failing(&["backend"]), Step::RecordRelease).await;
        assert_eq!(error.exit(), Exit::NothingServing);
        assert!(error.to_string().ends_with("; nothing healthy is serving"));
    }

    #[tokio::test(start_paused = true)]
    async fn an_api_server_that_stays_away_leaves_it_open_whether_anything_serves() {
        let talk = failing(&[]);
        talk.leave();
        let error = fail(&talk, Step::RecordRelease).await;
        assert_eq!(error.exit(), Exit::NothingServing);
        assert!(
            error
                .to_string()
                .ends_with("; whether anything serves could not be asked"),
            "{error}"
        );
    }
}
