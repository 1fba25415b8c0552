//! A pod that violates `restricted`, and nothing below it, is refused.

use k8s_openapi::api::core::v1::Pod;
use kube::api::PostParams;
use serde_json::json;

use super::list::OfObjects;
use super::scene::Scene;
use crate::platform::checks::check::{Check, When};
use crate::platform::checks::trouble::{Judgement, Trouble};
use crate::platform::kube::cause;

/// The check.
pub const CHECK: Check<OfObjects> = Check {
    name: "pod-security",
    title: "a pod below the level `restricted` is refused",
    needs: &[],
    when: When::Together,
    judge: |scene| Box::pin(judge(scene)),
};

/// A pod with nothing set is what `baseline` lets in and `restricted` does not: it may run as root, and keeps its
/// capabilities. The API server is only asked; no pod is made in any case.
async fn judge(scene: &Scene<'_>) -> Judgement {
    let name = "shopctl-verify-unrestricted";
    let pod = json!({
        "metadata": { "name": name },
        "spec": { "containers": [{ "name": "probe", "image": "registry.invalid/probe" }] },
    });
    let pod: Pod = serde_json::from_value(pod)
        .map_err(|error| Trouble::new(error.to_string(), "shopctl status"))?;
    let parameters = PostParams {
        dry_run: true,
        ..PostParams::default()
    };
    match scene.objects::<Pod>().create(&parameters, &pod).await {
        Err(error) if cause(&error).contains("violates PodSecurity \"restricted:") => {
            Ok("by the namespace's level `restricted`".to_owned())
        }
        Err(error) => {
            let action = format!("ask whether pod `{name}` would be let in");
            Err(Trouble::from_platform(
                &scene.cluster.failed(action, &error),
            ))
        }
        Ok(_) => Err(Trouble::new(
            format!(
                "namespace `{}` lets a pod in that the level `restricted` refuses",
                scene.namespace()
            ),
            "shopctl deploy",
        )),
    }
}
