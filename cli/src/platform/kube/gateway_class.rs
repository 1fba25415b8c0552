//! Who serves a Gateway: the API that knows it, and the class that it names.

use kube::api::{ApiResource, DynamicObject, GroupVersionKind, ListParams};
use kube::{Api, ResourceExt as _};
use serde_json::Value;

use super::apply::insist;
use super::cluster::Cluster;
use crate::platform::{Error, Events};

/// The API that has Gateways.
const API: &str = "gateway.networking.k8s.io/v1";

/// What the shop needs of it.
const KINDS: [&str; 2] = ["Gateway", "HTTPRoute"];

/// The way out that needs nothing of it.
const INGRESS: &str = "let an Ingress lead in with `expose.api: ingress`";

/// How the cluster is asked for gateway classes.
pub fn resource() -> ApiResource {
    ApiResource::from_gvk(&GroupVersionKind::gvk(
        "gateway.networking.k8s.io",
        "v1",
        "GatewayClass",
    ))
}

/// Fails where a Gateway of that class could never be served.
pub async fn preflight(cluster: &Cluster, named: &str) -> Result<(), Error> {
    let missing = |what: String, cure: String| Error::Prerequisite {
        what: format!("{what} in cluster `{}`", cluster.name),
        cure,
    };
    if let Some(kind) = unserved(cluster).await? {
        return Err(missing(
            format!("nobody serves {kind} of `{API}`"),
            format!("install a controller of the Gateway API with its definitions, or {INGRESS}"),
        ));
    }
    let classes: Api<DynamicObject> = Api::all_with(cluster.client.clone(), &resource());
    let every = ListParams::default();
    let listed = match insist(&Events::unheard(), || classes.list(&every)).await {
        Ok(listed) => listed.items,
        // Who may not look may still apply; whether somebody serves the entry is then seen at its end.
        Err(kube::Error::Api(status)) if status.code == 403 => return Ok(()),
        Err(error) => return Err(cluster.failed("list the gateway classes", &error)),
    };
    lacking(&listed, named).map_or(Ok(()), |what| Err(missing(what, ways_out(&listed, named))))
}

/// A kind that the API server does not know. Everybody who is logged in may ask that.
async fn unserved(cluster: &Cluster) -> Result<Option<&'static str>, Error> {
    let ask = || cluster.client.list_api_group_resources(API);
    let known = match insist(&Events::unheard(), ask).await {
        Ok(known) => known.resources,
        Err(kube::Error::Api(status)) if status.code == 404 => return Ok(Some(KINDS[0])),
        Err(kube::Error::Api(status)) if status.code == 403 => return Ok(None),
        Err(error) => return Err(cluster.failed(format!("ask for `{API}`"), &error)),
    };
    let serves = |kind: &str| known.iter().any(|resource| resource.kind == kind);
    Ok(KINDS.into_iter().find(|kind| !serves(kind)))
}

/// What is missing; none when a controller has accepted the class.
fn lacking(classes: &[DynamicObject], named: &str) -> Option<String> {
    let Some(class) = classes.iter().find(|class| class.name_any() == named) else {
        return Some(format!("there is no gateway class `{named}`"));
    };
    let conditions = class.data.pointer("/status/conditions");
    let mut conditions = conditions.and_then(Value::as_array)?.iter();
    let accepted = conditions.find(|condition| condition["type"] == "Accepted")?;
    if accepted["status"] == "True" {
        return None;
    }
    let words = accepted["message"].as_str().unwrap_or_default();
    Some(format!(
        "no controller has accepted gateway class `{named}` ({words})"
    ))
}

fn ways_out(classes: &[DynamicObject], named: &str) -> String {
    let others = classes.iter().map(kube::ResourceExt::name_any);
    let others: Vec<_> = others
        .filter(|name| name != named)
        .map(|name| format!("`{name}`"))
        .collect();
    if others.is_empty() {
        return format!("install a controller that serves class `{named}`, or {INGRESS}");
    }
    format!(
        "name a class that is served in `expose.gateway.class` ({}), or {INGRESS}",
        others.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::failure::Failure as _;
    use crate::platform::kube::conversation::{Answer, Conversation};

    const GROUP: &str = "GET /apis/gateway.networking.k8s.io/v1";
    const CLASSES: &str = "GET /apis/gateway.networking.k8s.io/v1/gatewayclasses";

    fn group(kinds: &[&str]) -> Answer {
        let resource = |kind: &&str| json!({ "name": kind.to_lowercase(), "singularName": "", "namespaced": true, "kind": kind, "verbs": [] });
        let resources: Vec<_> = kinds.iter().map(resource).collect();
        Answer::Object(json!({ "groupVersion": API, "resources": resources }))
    }

    fn class(name: &str, accepted: &str) -> Value {
        json!({
            "metadata": { "name": name }, "spec": { "controllerName": "example.com/gateway" },
            "status": { "conditions": [{ "type": "Accepted", "status": accepted, "message": "not mine" }] },
        })
    }

    /// What is missing and the ways out, where the shop names class `public`.
    async fn asked(classes: Answer) -> Result<(), (String, String, u8)> {
        let talk = Conversation::with(vec![(CLASSES, classes), (GROUP, group(&KINDS))]);
        found(&talk).await
    }

    async fn found(talk: &Conversation) -> Result<(), (String, String, u8)> {
        let found = preflight(&talk.cluster, "public").await;
        assert!(talk.addressed().is_empty(), "{:?}", talk.addressed());
        found.map_err(|error| {
            let next = error.hint().unwrap();
            (error.to_string(), next, error.exit() as u8)
        })
    }

    #[tokio::test]
    async fn a_cluster_without_the_gateway_api_is_told_before_anything_is_changed() {
        let (what, next, exit) = found(&Conversation::with(vec![])).await.unwrap_err();
        assert_eq!(
            what,
            "nobody serves Gateway of `gateway.networking.k8s.io/v1` in cluster `test`"
        );
        assert!(next.contains("`expose.api: ingress`"), "{next}");
        assert_eq!(exit, 4);
        let half = Conversation::with(vec![(GROUP, group(&["Gateway"]))]);
        let (what, ..) = found(&half).await.unwrap_err();
        assert!(what.contains("nobody serves HTTPRoute"), "{what}");
    }

    #[tokio::test]
    async fn a_gateway_class_that_is_not_there_is_named_with_those_that_are() {
        let (what, next, exit) = asked(Answer::Listed(json!([class("inner", "True")])))
            .await
            .unwrap_err();
        assert_eq!(what, "there is no gateway class `public` in cluster `test`");
        assert!(next.contains("`expose.gateway.class` (`inner`)"), "{next}");
        assert_eq!(exit, 4);
        let (_, next, _) = asked(Answer::Listed(json!([]))).await.unwrap_err();
        assert!(next.contains("install a controller"), "{next}");
    }

    #[tokio::test]
    async fn a_gateway_class_must_be_accepted_where_its_status_says_anything() {
        for status in ["False", "Unknown"] {
            let answer = Answer::Listed(json!([class("public", status)]));
            let (what, ..) = asked(answer).await.unwrap_err();
            assert!(
                what.contains("no controller has accepted gateway class `public` (not mine)"),
                "{what}"
            );
        }
        let silent = json!({ "metadata": { "name": "public" } });
        for class in [class("public", "True"), silent] {
            assert_eq!(asked(Answer::Listed(json!([class]))).await, Ok(()));
        }
    }

    #[tokio::test]
    async fn who_may_not_list_gateway_classes_is_not_stopped() {
        assert_eq!(asked(Answer::Forbidden("not you")).await, Ok(()));
    }
}
