//! Keeps work from going on after its lock was lost.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, SystemTime};

use tokio::sync::watch;
use tokio::time::Instant;

use super::Error;

/// What the holder of a lock that runs out knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tenure {
    /// It was ours at that moment.
    Held(Moment),
    /// Where the lock lies, nobody answers; where nothing can be changed, nothing needs to be kept from it.
    Unreachable,
    /// Somebody else has it.
    Lost {
        /// Of what it is the lock.
        place: String,
        /// Who has it.
        holder: String,
    },
}

/// A moment by two clocks: one of them goes on while a machine sleeps, the other one cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    steady: Instant,
    wall: SystemTime,
}

impl Moment {
    /// This one.
    pub fn now() -> Self {
        Self {
            steady: Instant::now(),
            wall: SystemTime::now(),
        }
    }

    fn elapsed(&self) -> Duration {
        let by_wall = self.wall.elapsed().unwrap_or_default();
        self.steady.elapsed().max(by_wall)
    }
}

/// Lets work go on only while its lock is held.
#[derive(Debug, Clone, Default)]
pub struct Fence(Option<(watch::Receiver<Tenure>, Duration)>);

impl Fence {
    /// One for a lock that runs out `limit` after it was last known to be held.
    pub fn of(tenure: watch::Receiver<Tenure>, limit: Duration) -> Self {
        Self(Some((tenure, limit)))
    }

    /// Does the work. It rests while it is not known whether the lock is still held, and ends where it was lost.
    pub async fn keep<T, E: From<Error>>(
        self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let Some((mut tenure, limit)) = self.0 else {
            return work.await;
        };
        let mut work = pin!(work);
        loop {
            let known = tenure.borrow_and_update().clone();
            if let Tenure::Lost { place, holder } = known {
                return Err(Error::Locked { place, holder }.into());
            }
            // Asked before each part of the work: a machine may have slept since the last one.
            let going_on = poll_fn(|context| match &known {
                Tenure::Held(since) if since.elapsed() >= limit => Poll::Ready(None),
                _ => work.as_mut().poll(context).map(Some),
            });
            tokio::select! {
                biased;
                Ok(()) = tenure.changed() => {}
                done = going_on => match done {
                    Some(done) => return done,
                    // Whoever keeps the lock is about to tell. Without such a one there is none to be lost.
                    None if tenure.changed().await.is_ok() => {}
                    None => return work.await,
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use tokio::time::{sleep, timeout};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(15);

    fn asleep() -> Tenure {
        Tenure::Held(Moment {
            steady: Instant::now(),
            wall: SystemTime::now() - Duration::from_mins(10),
        })
    }

    fn lost() -> Tenure {
        Tenure::Lost {
            place: "the shop".to_owned(),
            holder: "ann".to_owned(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn work_ends_in_the_middle_when_its_lock_is_lost() {
        let (tell, told) = watch::channel(Tenure::Held(Moment::now()));
        let work = Fence::of(told, LIMIT).keep(std::future::pending::<Result<(), Error>>());
        let robbery = async {
            sleep(Duration::from_secs(1)).await;
            tell.send_replace(lost());
        };
        let (done, ()) = tokio::join!(work, robbery);
        let error = done.unwrap_err();
        assert!(matches!(&error, Error::Locked { holder, .. } if holder == "ann"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_machine_that_wakes_up_asks_for_its_lock_before_it_goes_on() {
        let did = AtomicBool::new(false);
        let work = async {
            did.store(true, Ordering::Relaxed);
            Ok::<_, Error>(7)
        };
        let (tell, told) = watch::channel(asleep());
        let mut work = pin!(Fence::of(told, LIMIT).keep(work));
        let resting = timeout(Duration::from_secs(4), &mut work).await;
        assert!(resting.is_err() && !did.load(Ordering::Relaxed));
        tell.send_replace(Tenure::Held(Moment::now()));
        assert_eq!(work.await.unwrap(), 7);
    }

    #[tokio::test(start_paused = true)]
    async fn a_machine_whose_lock_went_while_it_slept_does_nothing() {
        let (tell, told) = watch::channel(asleep());
        let work = async { panic!("it went on") };
        let mut work = pin!(Fence::of(told, LIMIT).keep::<(), Error>(work));
        assert!(timeout(LIMIT, &mut work).await.is_err());
        tell.send_replace(lost());
        assert!(matches!(work.await, Err(Error::Locked { .. })));
    }

    #[tokio::test(start_paused = true)]
    async fn an_outage_is_left_to_the_work() {
        let (_tell, told) = watch::channel(Tenure::Unreachable);
        let work = async {
            sleep(LIMIT * 3).await;
            Ok::<_, Error>(7)
        };
        assert_eq!(Fence::of(told, LIMIT).keep(work).await.unwrap(), 7);
    }
}
