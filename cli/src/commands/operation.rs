//! What all verbs that change something share: the lock, the journal, the events, the interruption.

use std::time::Duration;

use tokio::time::timeout;

use super::Error;
use super::interrupt::{interrupted, unless_interrupted, watch_for_interruption};
use crate::failure::AnyFailure;
use crate::plan::{Observed, Plan};
use crate::platform::{self, Entry, Events, Journal, Platform};

/// How far apart two processes may see the signal that was sent to both.
const SAME_MOMENT: Duration = Duration::from_millis(100);

/// How long it may take to give a lock up. One that is not renewed runs out soon after.
const GIVE_UP: Duration = Duration::from_secs(5);

/// A locked target with an open journal.
pub struct Operation<'a> {
    /// The target.
    pub platform: &'a dyn Platform,
    events: Events,
    journal: Box<dyn Journal>,
}

impl<'a> Operation<'a> {
    /// Takes the target's lock for the verb. Where that may have to wait for another holder, an interruption ends it.
    pub async fn begin(
        platform: &'a dyn Platform,
        verb: &str,
        events: Events,
    ) -> Result<Self, AnyFailure> {
        let beginning = platform.begin(verb, &events);
        let journal = if platform.lock_outlives_process() {
            watch_for_interruption();
            unless_interrupted(beginning).await?
        } else {
            beginning.await?
        };
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

    /// Looks at the target. Where the lock would outlive this process, an interruption ends the looking.
    pub async fn observe(&mut self) -> Result<Observed, AnyFailure> {
        let target = self.platform;
        let looking = async { Ok(target.observe().await?) };
        if target.lock_outlives_process() {
            self.guard(looking).await
        } else {
            looking.await
        }
    }

    /// Does something outside the plans. It ends when the lock is lost; a failure and an interruption give the lock up.
    pub async fn guard<T>(
        &mut self,
        work: impl Future<Output = Result<T, AnyFailure>>,
    ) -> Result<T, AnyFailure> {
        let done = unless_interrupted(self.journal.fence().keep(work)).await;
        if done.is_err() {
            self.release().await;
        }
        done
    }

    /// Gives the lock up where something outside the plans has failed.
    pub async fn release(&mut self) {
        // A lock that cannot be given up now runs out by itself.
        let _ = timeout(GIVE_UP, self.journal.release()).await;
    }

    /// Closes the journal and releases the lock.
    pub async fn finish(mut self) -> Result<(), AnyFailure> {
        let outcome = "done".to_owned();
        let end = Entry::Finished { outcome };
        if !self.platform.lock_outlives_process() {
            return Ok(self.journal.record(&end).await?);
        }
        let finished = unless_interrupted(self.journal.record(&end)).await;
        if finished.is_err() {
            self.release().await;
        }
        finished
    }
}

/// Whether a step has failed because somebody interrupts: a terminal signals a tool that is just being started as well,
/// and the tool may be seen to end before the signal to this process is.
async fn interrupted_too() -> bool {
    timeout(SAME_MOMENT, interrupted()).await.is_ok()
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;

    use super::*;
    use crate::exit::Exit;
    use crate::plan::Step;
    use crate::platform::{Fence, Finding, LogQuery, LogStream, Shop, Status, Tenure};

    /// A cluster whose API server is gone, so that each step takes for ever.
    struct Gone;

    #[async_trait]
    impl Platform for Gone {
        async fn observe(&self) -> Result<Observed, platform::Error> {
            Err(nowhere())
        }

        async fn begin(&self, _: &str, _: &Events) -> Result<Box<dyn Journal>, platform::Error> {
            std::future::pending().await
        }

        fn lock_outlives_process(&self) -> bool {
            true
        }

        async fn carry_out(&self, _: &Step, _: &Events) -> Result<(), platform::Error> {
            std::future::pending().await
        }

        async fn abandon(&self, _: &Events) -> Result<(), platform::Error> {
            Ok(())
        }

        async fn shop(&self) -> Result<Shop, platform::Error> {
            Err(nowhere())
        }

        async fn status(&self) -> Result<Status, platform::Error> {
            Err(nowhere())
        }

        async fn logs(&self, _: &LogQuery) -> Result<LogStream, platform::Error> {
            Err(nowhere())
        }

        async fn diagnose(&self) -> Result<Vec<Finding>, platform::Error> {
            Err(nowhere())
        }
    }

    /// A lock in a cluster that tells what became of it.
    struct Lock(tokio::sync::mpsc::UnboundedSender<&'static str>, Fence);

    #[async_trait]
    impl Journal for Lock {
        async fn record(&mut self, _: &Entry) -> Result<(), platform::Error> {
            Ok(())
        }

        async fn release(&mut self) -> Result<(), platform::Error> {
            self.0.send("given up").unwrap();
            Ok(())
        }

        fn fence(&self) -> Fence {
            self.1.clone()
        }
    }

    fn nowhere() -> platform::Error {
        platform::Error::Prerequisite {
            what: "there is no cluster".to_owned(),
            cure: "make one".to_owned(),
        }
    }

    #[tokio::test]
    async fn work_that_fails_gives_the_lock_up_and_other_work_keeps_it() {
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let mut operation = Operation {
            platform: &Gone,
            events: Events::unheard(),
            journal: Box::new(Lock(tell, Fence::default())),
        };
        assert_eq!(operation.guard(async { Ok(7) }).await.unwrap(), 7);
        assert!(told.try_recv().is_err());
        let failed = operation.guard(async { Err::<(), _>(nowhere().into()) });
        assert!(failed.await.is_err());
        assert_eq!(told.try_recv(), Ok("given up"));
        assert!(operation.observe().await.is_err());
        assert_eq!(told.try_recv(), Ok("given up"));
    }

    #[tokio::test]
    async fn the_step_under_way_ends_when_the_lock_is_lost() {
        let (tell, _told) = tokio::sync::mpsc::unbounded_channel();
        let tenure = tokio::sync::watch::Sender::new(Tenure::Unreachable);
        let limit = Duration::from_secs(15);
        let mut operation = Operation {
            platform: &Gone,
            events: Events::unheard(),
            journal: Box::new(Lock(tell, Fence::of(tenure.subscribe(), limit))),
        };
        let steps = vec![Step::RecordRelease];
        let plan = Plan { steps };
        let robbery = async {
            tenure.send_replace(Tenure::Lost {
                place: "the shop".to_owned(),
                holder: "ann".to_owned(),
            });
        };
        let (done, ()) = tokio::join!(operation.execute_or_abandon(&plan), robbery);
        assert_eq!(done.unwrap_err().exit(), Exit::Locked);
        let guarded = operation.guard(std::future::pending::<Result<(), AnyFailure>>());
        assert_eq!(guarded.await.unwrap_err().exit(), Exit::Locked);
    }

    #[tokio::test(start_paused = true)]
    async fn an_api_server_that_is_gone_does_not_keep_anybody_from_leaving() {
        struct Deaf;

        #[async_trait]
        impl Journal for Deaf {
            async fn record(&mut self, _: &Entry) -> Result<(), platform::Error> {
                Ok(())
            }

            async fn release(&mut self) -> Result<(), platform::Error> {
                std::future::pending().await
            }
        }

        let mut operation = Operation {
            platform: &Gone,
            events: Events::unheard(),
            journal: Box::new(Deaf),
        };
        let start = tokio::time::Instant::now();
        operation.release().await;
        assert_eq!(start.elapsed(), GIVE_UP);
    }
}
