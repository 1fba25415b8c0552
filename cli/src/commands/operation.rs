//! What all verbs that change something share: the lock, the journal, the events, the interruption.

use super::Error;
use super::interrupt::interrupted;
use crate::failure::AnyFailure;
use crate::plan::Plan;
use crate::platform::{self, Entry, Events, Journal, Platform};

/// A locked target with an open journal.
pub struct Operation<'a> {
    /// The target.
    pub platform: &'a dyn Platform,
    events: Events,
    journal: Box<dyn Journal>,
}

impl<'a> Operation<'a> {
    /// Takes the target's lock for the verb.
    pub async fn begin(
        platform: &'a dyn Platform,
        verb: &str,
        events: Events,
    ) -> Result<Self, AnyFailure> {
        let journal = platform.begin(verb).await?;
        Ok(Self {
            platform,
            events,
            journal,
        })
    }

    /// Carries the plan out.
    pub async fn execute(&mut self, plan: &Plan) -> Result<(), AnyFailure> {
        platform::execute(self.platform, self.journal.as_mut(), plan, &self.events).await?;
        Ok(())
    }

    /// Carries the plan out unless somebody interrupts; then nothing that it started is left behind.
    pub async fn execute_or_abandon(&mut self, plan: &Plan) -> Result<(), AnyFailure> {
        let (target, events) = (self.platform, self.events.clone());
        tokio::select! {
            result = self.execute(plan) => return result,
            () = interrupted() => {}
        }
        target.abandon(&events).await?;
        Err(Error::Interrupted.into())
    }

    /// Closes the journal and releases the lock.
    pub async fn finish(mut self) -> Result<(), AnyFailure> {
        let outcome = "done".to_owned();
        self.journal.record(&Entry::Finished { outcome }).await?;
        Ok(())
    }
}
