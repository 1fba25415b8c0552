//! Walks a plan.

use std::time::Instant;

use super::{Entry, Error, Event, Events, Journal, Platform};
use crate::plan::{Plan, Step};

/// Carries out the plan's steps in order, each written to the journal before it begins. The first failure ends it.
pub async fn execute(
    platform: &dyn Platform,
    journal: &mut dyn Journal,
    plan: &Plan,
    events: &Events,
) -> Result<(), Error> {
    let of = plan.steps.len();
    for (index, step) in plan.steps.iter().enumerate() {
        let name = step.name().to_owned();
        journal.record(&Entry::Step { name }).await?;
        events.tell(Event::StepStarted {
            step: step.to_string(),
            number: index + 1,
            of,
        });
        let start = Instant::now();
        platform.carry_out(step, events).await?;
        if let Step::Train(release) = step {
            let release = release.clone();
            journal.record(&Entry::DataReady { release }).await?;
        }
        events.tell(Event::StepDone {
            step: step.to_string(),
            took: start.elapsed(),
        });
    }
    Ok(())
}
