//! A `HorizontalPodAutoscaler` gets figures.

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use serde_json::json;

use super::list::OfCluster;
use super::probe::pod_spec;
use super::proof::Proof;
use crate::platform::checks::check::{Check, When};
use crate::platform::checks::trouble::{Judgement, Trouble};
use crate::platform::kube::{Late, Look, Watched, cause};

/// The check.
pub const CHECK: Check<OfCluster> = Check {
    name: "cluster-autoscaler",
    title: "a HorizontalPodAutoscaler gets figures of its pods",
    needs: &["cluster-image"],
    when: When::Together,
    judge: |proof| Box::pin(judge(proof)),
};

/// Two rounds of metrics-server and two of the controller, at the 15 s that are usual elsewhere, and the start of a
/// fresh metrics-server.
const LIMIT: Duration = Duration::from_secs(100);

/// The Deployment and its autoscaler.
const NAME: &str = "autoscaler";

/// Where figures come from.
const METRICS: &str = "metrics.k8s.io/v1beta1";

async fn judge(proof: &Proof<'_>) -> Judgement {
    ensure_metrics(proof).await?;
    proof.pods().await?;
    make(proof).await?;
    let watched = Watched::begin(proof.scratch.objects::<HorizontalPodAutoscaler>());
    match watched.wait(LIMIT, look).await {
        Ok(percent) => Ok(format!(
            "its pod uses {percent} % of the memory it asked for"
        )),
        Err(late) => Err(without_figures(proof, late).await),
    }
}

/// That nobody serves figures is certain at once; that somebody does not yet may pass.
async fn ensure_metrics(proof: &Proof<'_>) -> Result<(), Trouble> {
    let served = proof.cluster.client.list_api_group_resources(METRICS).await;
    match served {
        Err(kube::Error::Api(status)) if status.code == 404 => Err(Trouble::new(
            format!("nobody serves the API `{METRICS}`: metrics-server is not installed"),
            proof
                .cluster
                .kubectl("get apiservice v1beta1.metrics.k8s.io"),
        )),
        _ => Ok(()),
    }
}

async fn make(proof: &Proof<'_>) -> Result<(), Trouble> {
    let mut spec =
        pod_spec(&json!({ "command": ["sh", "-c", "trap 'exit 0' TERM; sleep 600 & wait $!"] }));
    // What a Deployment's template may not have.
    if let Some(fields) = spec.as_object_mut() {
        fields.remove("activeDeadlineSeconds");
        fields.insert("restartPolicy".to_owned(), json!("Always"));
    }
    let labels = json!({ "app": NAME });
    let deployment = json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "spec": {
            "selector": { "matchLabels": labels },
            "template": { "metadata": { "labels": labels }, "spec": spec },
        },
    });
    // Memory, because the controller passes over the processor time of a pod that is younger than its second sample;
    // metrics-server has the one figure of a pod only where it has the other.
    let memory = json!({
        "name": "memory",
        "target": { "type": "Utilization", "averageUtilization": 90 },
    });
    let autoscaler = json!({
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "spec": {
            "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": NAME },
            "maxReplicas": 1,
            "metrics": [{ "type": "Resource", "resource": memory }],
        },
    });
    let made = async {
        // The controller looks at an autoscaler one period after it was made; the pod has started by then.
        proof
            .scratch
            .apply::<HorizontalPodAutoscaler>(NAME, autoscaler)
            .await?;
        proof
            .scratch
            .apply::<Deployment>(NAME, deployment)
            .await
            .map(drop)
    };
    made.await.map_err(|error| Trouble::from_platform(&error))
}

/// The figure, as soon as there is one.
fn look(autoscalers: &BTreeMap<String, HorizontalPodAutoscaler>) -> Look<i32> {
    let figure = || {
        let status = autoscalers.get(NAME)?.status.as_ref()?;
        let metrics = status.current_metrics.as_ref()?;
        metrics
            .iter()
            .find_map(|metric| metric.resource.as_ref()?.current.average_utilization)
    };
    figure().map_or(Look::Wait, Look::Done)
}

async fn without_figures(proof: &Proof<'_>, late: Late) -> Trouble {
    let hint = proof
        .cluster
        .kubectl("-n kube-system logs deployment/metrics-server --tail 20");
    let autoscalers = proof.scratch.objects::<HorizontalPodAutoscaler>();
    let reason = match autoscalers.get(NAME).await {
        Ok(autoscaler) => inactive(&autoscaler),
        Err(error) => Some(cause(&error)),
    };
    let reason = reason.unwrap_or_else(|| match late {
        Late::Failed(cause) | Late::TimedOut(Some(cause)) => cause,
        Late::TimedOut(None) => "the controller has not looked at it".to_owned(),
    });
    let seconds = LIMIT.as_secs();
    Trouble::new(
        format!("a HorizontalPodAutoscaler got no figures within {seconds} s: {reason}"),
        hint,
    )
}

/// Why the controller does not scale.
fn inactive(autoscaler: &HorizontalPodAutoscaler) -> Option<String> {
    let conditions = autoscaler.status.as_ref()?.conditions.as_ref()?;
    let unmet = conditions
        .iter()
        .find(|condition| condition.status == "False")?;
    let reason = unmet.reason.as_deref().unwrap_or_default();
    Some(format!(
        "{reason}: {}",
        unmet.message.as_deref().unwrap_or_default()
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn autoscaler(status: &Value) -> HorizontalPodAutoscaler {
        let autoscaler = json!({ "metadata": { "name": NAME }, "status": status });
        serde_json::from_value(autoscaler).unwrap()
    }

    fn figure(current: &Value) -> Option<i32> {
        let metric =
            json!({ "type": "Resource", "resource": { "name": "memory", "current": current } });
        let status = json!({ "desiredReplicas": 1, "currentMetrics": [metric] });
        let all = BTreeMap::from([(NAME.to_owned(), autoscaler(&status))]);
        match look(&all) {
            Look::Done(figure) => Some(figure),
            _ => None,
        }
    }

    #[test]
    fn only_a_figure_is_a_figure() {
        assert_eq!(figure(&json!({ "averageUtilization": 7 })), Some(7));
        assert_eq!(figure(&json!({ "averageUtilization": 0 })), Some(0));
        assert_eq!(figure(&json!({})), None);
    }

    #[test]
    fn the_controller_says_why_not() {
        let status = json!({ "desiredReplicas": 1, "conditions": [
            { "type": "AbleToScale", "status": "True" },
            { "type": "ScalingActive", "status": "False", "reason": "FailedGetResourceMetric", "message": "no metrics" },
        ] });
        assert_eq!(
            inactive(&autoscaler(&status)).unwrap(),
            "FailedGetResourceMetric: no metrics"
        );
    }
}
