//! When waiting ends in vain.

use std::time::Duration;

use tokio::time::Instant;

use super::state::State;

/// So often it begins anew. An API server that is away for long is met once for every look at it.
const RENEWALS: usize = 200;

/// The end of a wait. It moves on with every replica more, so that many of them may come one at a time.
#[derive(Debug)]
pub struct Deadline {
    limit: Duration,
    end: Instant,
    /// How many replicas of each workload were ready at most: one that comes and goes is no progress.
    most: Vec<i32>,
    has_moved: bool,
    renewals: usize,
}

impl Deadline {
    /// So long after this moment.
    pub fn begin(limit: Duration, now: Instant) -> Self {
        Self {
            limit,
            end: now + limit,
            most: Vec::new(),
            has_moved: false,
            renewals: 0,
        }
    }

    /// The moment.
    pub const fn end(&self) -> Instant {
        self.end
    }

    /// Takes note of how far everything is.
    pub fn see(&mut self, states: &[State], now: Instant) {
        let ready: Vec<_> = states.iter().map(|state| state.ready).collect();
        if self.most.is_empty() {
            self.most = ready;
            return;
        }
        for (most, ready) in self.most.iter_mut().zip(ready) {
            if ready > *most {
                *most = ready;
                self.end = self.end.max(now + self.limit);
                self.has_moved = true;
            }
        }
    }

    /// Begins anew at that moment, after a time in which nothing could be seen or made; not for ever, where that comes again
    /// and again.
    pub fn renew(&mut self, begin: Instant) {
        if self.renewals < RENEWALS {
            self.renewals += 1;
            self.end = begin + self.limit;
        }
    }

    /// For how long nothing has come, for people.
    pub fn told(&self) -> String {
        let seconds = self.limit.as_secs();
        if self.has_moved {
            format!("and no more for {seconds} s")
        } else {
            format!("after {seconds} s")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(ready: &[i32]) -> Vec<State> {
        let state = |ready: &i32| State {
            ready: *ready,
            wanted: 9,
            is_done: false,
        };
        ready.iter().map(state).collect()
    }

    #[test]
    fn it_moves_on_with_every_replica_more_and_with_none_that_comes_again() {
        let start = Instant::now();
        let seconds = |number| start + Duration::from_secs(number);
        let mut deadline = Deadline::begin(Duration::from_mins(1), start);
        deadline.see(&states(&[3, 0]), seconds(10));
        assert_eq!(deadline.end(), seconds(60));
        assert_eq!(deadline.told(), "after 60 s");
        deadline.see(&states(&[3, 1]), seconds(50));
        assert_eq!(deadline.end(), seconds(110));
        assert_eq!(deadline.told(), "and no more for 60 s");
        deadline.see(&states(&[3, 0]), seconds(60));
        deadline.see(&states(&[3, 1]), seconds(70));
        assert_eq!(deadline.end(), seconds(110));
        deadline.renew(seconds(195));
        assert_eq!(deadline.end(), seconds(255));
        deadline.see(&states(&[3, 2]), seconds(80));
        assert_eq!(deadline.end(), seconds(255));
    }
}
