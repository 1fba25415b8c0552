//! Walks a plan.

use std::time::Instant;

use futures_util::future::try_join_all;

use super::{Entry, Error, Event, Events, Journal, Platform};
use crate::plan::{Plan, Step};

/// Carries out the plan's steps in order, each written to the journal before it begins. A step that goes with the next
/// one is carried out beside it. The first failure ends it, and so does the loss of the lock.
pub async fn execute(
    platform: &dyn Platform,
    journal: &mut dyn Journal,
    plan: &Plan,
    events: &Events,
) -> Result<(), Error> {
    let of = plan.steps.len();
    let mut number = 0;
    for together in plan.steps.chunk_by(|step, _| step.goes_with_next()) {
        for step in together {
            let name = step.name().to_owned();
            journal.record(&Entry::Step { name }).await?;
        }
        let running = together.iter().map(|step| {
            number += 1;
            carry_out(platform, step, number, of, events)
        });
        journal.fence().keep(try_join_all(running)).await?;
        for step in together {
            if let Step::Train(release) = step {
                let release = release.clone();
                journal.record(&Entry::DataReady { release }).await?;
            }
        }
    }
    Ok(())
}

async fn carry_out(
    platform: &dyn Platform,
    step: &Step,
    number: usize,
    of: usize,
    events: &Events,
) -> Result<(), Error> {
    events.tell(Event::StepStarted {
        step: step.to_string(),
        number,
        of,
    });
    let start = Instant::now();
    platform.carry_out(step, events).await?;
    events.tell(Event::StepDone {
        step: step.to_string(),
        took: start.elapsed(),
    });
    Ok(())
}
