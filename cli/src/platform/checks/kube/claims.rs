//! Every claim has its volume.

use kube::ResourceExt;

use super::list::OfObjects;
use super::scene::Scene;
use crate::platform::checks::check::{Check, When};
use crate::platform::checks::trouble::{Judgement, Trouble, ensure};

/// The check.
pub const CHECK: Check<OfObjects> = Check {
    name: "claims",
    title: "every claim is bound",
    needs: &[],
    when: When::Together,
    judge: |scene| Box::pin(std::future::ready(judge(scene))),
};

fn judge(scene: &Scene<'_>) -> Judgement {
    for claim in &scene.claims {
        let name = claim.name_any();
        let status = claim.status.as_ref();
        let phase = status
            .and_then(|status| status.phase.as_deref())
            .unwrap_or("Pending");
        ensure(phase == "Bound", || {
            Trouble::new(
                format!("claim `{name}` is {phase}"),
                scene.kubectl(&format!("describe pvc {name}")),
            )
        })?;
    }
    let names: Vec<_> = scene.claims.iter().map(ResourceExt::name_any).collect();
    ensure(!names.is_empty(), || {
        Trouble::new("the shop has no claim", "shopctl deploy")
    })?;
    Ok(names.join(", "))
}
