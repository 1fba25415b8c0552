//! What all verbs that change something share: the lock, the journal, the events, the interruption.

use std::time::Duration;

use tokio::time::timeout;

use super::Error;
use super::interrupt::{interrupted, watch_for_interruption};
use crate::failure::AnyFailure;
use crate::plan::Plan;
use crate::platform::{self, Entry, Events, Journal, Platform};

/// How far apart two processes may see the signal that was sent to both.
const SAME_MOMENT: Duration = Duration::from_millis(100);

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

    /// Carries the plan out. A failure closes the journal: the operation has come to its end, if to a bad one.
    pub async fn execute(&mut self, plan: &Plan) -> Result<(), AnyFailure> {
        let result =
            platform::execute(self.platform, self.journal.as_mut(), plan, &self.events).await;
        if let Err(error) = &result {
            let outcome = error.to_string();
            // On a full disk this fails too; the journal then says that the step was cut off, which is as true.
            let _ = self.journal.record(&Entry::Finished { outcome }).await;
        }
        Ok(result?)
    }

    /// Carries the plan out unless somebody interrupts; then nothing that it started is left behind.
    pub async fn execute_or_abandon(&mut self, plan: &Plan) -> Result<(), AnyFailure> {
        watch_for_interruption();
        let (target, events) = (self.platform, self.events.clone());
        tokio::select! {
            result = self.execute(plan) => match result {
                Err(_) if interrupted_too().await => {}
                result => return result,
            },
            () = interrupted() => {}
        }
        let abandoned = target.abandon(&events).await;
        self.release().await;
        abandoned?;
        Err(Error::Interrupted.into())
    }

    /// Gives the lock up where something outside the plans has failed.
    pub async fn release(&mut self) {
        // A lock that cannot be given up now runs out by itself.
        let _ = self.journal.release().await;
    }

    /// Closes the journal and releases the lock.
    pub async fn finish(mut self) -> Result<(), AnyFailure> {
        let outcome = "done".to_owned();
        self.journal.record(&Entry::Finished { outcome }).await?;
        Ok(())
    }
}

/// Whether a step has failed because somebody interrupts: a terminal signals a tool that is just being started as well,
/// and the tool may be seen to end before the signal to this process is.
async fn interrupted_too() -> bool {
    timeout(SAME_MOMENT, interrupted()).await.is_ok()
}
