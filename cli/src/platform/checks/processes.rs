//! Every process is there and well.

use super::check::{Check, When};
use super::trouble::{Judgement, Trouble};
use super::visit::Visit;
use crate::plan::Component;

/// The check.
pub const CHECK: Check = Check {
    name: "processes",
    title: "every process is there and ready",
    needs: &[],
    when: When::Together,
    judge: |visit| Box::pin(judge(visit)),
};

async fn judge(visit: &Visit<'_>) -> Judgement {
    let processes = visit.shop.inside.processes().await;
    let processes = processes.map_err(|error| Trouble::from_platform(&error))?;
    for component in Component::ALL {
        let process = processes
            .iter()
            .find(|process| process.component == component)
            .ok_or_else(|| Trouble::of(component, format!("{component} is not running")))?;
        if let Some(trouble) = &process.trouble {
            return Err(Trouble::of(
                component,
                format!("{component} is not ready: {trouble}"),
            ));
        }
    }
    let names: Vec<_> = Component::ALL
        .iter()
        .map(|component| component.name())
        .collect();
    Ok(format!("{} ready", names.join(", ")))
}
