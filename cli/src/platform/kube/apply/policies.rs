//! Network policies between two releases.
//!
//! They come first, so that no new pod waits for a way that it needs. But the pods of the release before still run then,
//! and run on if the new ones fail: what they were allowed is forbidden only when the release is complete.

use serde_json::Value;

use super::object::Object;
use super::patience::insist;
use crate::platform::kube::Cluster;
use crate::platform::{Error, Events};

/// The directions of traffic, each of which has rules. A rule more allows more.
const DIRECTIONS: [&str; 2] = ["ingress", "egress"];

/// Whether it is a network policy.
pub fn is_policy(object: &Object) -> bool {
    object.kind() == "NetworkPolicy"
}

/// The objects, with policies that allow what those in the cluster allow as well.
pub async fn for_both(
    cluster: &Cluster,
    mut objects: Vec<Object>,
    events: &Events,
) -> Result<Vec<Object>, Error> {
    for object in objects.iter_mut().filter(|object| is_policy(object)) {
        let key = object.key();
        let api = key.api(cluster.client.clone())?;
        let live = insist(events, || api.get_opt(&key.name)).await;
        let live = live.map_err(|error| cluster.refused(format!("read {key}"), &key, &error))?;
        if let Some(live) = live {
            allow_as_well(&mut object.content, &live.data);
        }
    }
    Ok(objects)
}

fn allow_as_well(wanted: &mut Value, live: &Value) {
    for direction in DIRECTIONS {
        let rules = |policy: &Value| {
            let rules = policy["spec"][direction].as_array();
            rules.cloned().unwrap_or_default()
        };
        let mut both = rules(wanted);
        let (new, old) = (both.len(), rules(live));
        for rule in old {
            if !both.contains(&rule) {
                both.push(rule);
            }
        }
        if both.len() > new {
            wanted["spec"][direction] = both.into();
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::plan::manifest::{Manifest, Phase};
    use crate::platform::kube::conversation::{Answer, Conversation};

    const LIVE: &str = "GET /apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/backend";

    fn policy(from: &str) -> Object {
        let yaml = format!(
            "{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: backend, namespace: shop}}, \
              spec: {{ingress: [{{from: [{from}]}}], egress: []}}}}"
        );
        Object::of(&Manifest {
            path: "manifest.yaml".to_owned(),
            phase: Phase::NamespaceAndPolicies,
            component: "backend",
            kind: "NetworkPolicy".to_owned(),
            name: "backend".to_owned(),
            yaml,
        })
        .unwrap()
    }

    async fn between(live: Answer, wanted: &str) -> Value {
        let talk = Conversation::with(vec![(LIVE, live)]);
        let objects = for_both(&talk.cluster, vec![policy(wanted)], &Events::unheard()).await;
        objects.unwrap()[0].content["spec"].clone()
    }

    #[tokio::test]
    async fn what_the_release_before_needs_stays_allowed() {
        let live = json!({
            "metadata": { "name": "backend" },
            "spec": { "ingress": [{ "from": ["old"] }, { "from": ["kept"] }], "egress": [{ "to": ["elsewhere"] }] },
        });
        assert_eq!(
            between(Answer::Object(live.clone()), "new").await,
            json!({
                "ingress": [{ "from": ["new"] }, { "from": ["old"] }, { "from": ["kept"] }],
                "egress": [{ "to": ["elsewhere"] }],
            })
        );
        let kept = between(Answer::Object(live), "kept").await;
        assert_eq!(
            kept["ingress"],
            json!([{ "from": ["kept"] }, { "from": ["old"] }])
        );
    }

    #[tokio::test]
    async fn a_new_policy_is_what_the_release_says() {
        assert_eq!(
            between(Answer::NotFound, "new").await,
            json!({ "ingress": [{ "from": ["new"] }], "egress": [] })
        );
    }
}
