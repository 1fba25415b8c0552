//! For how long each cause has stood.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::trouble::Trouble;
use crate::platform::kube::diagnosis::Reason;

/// A cause that is away for less than this has stood all the time: a container that ends again and again runs for a
/// moment in between.
const BLINK: Duration = Duration::from_secs(3);

/// What may pass by itself is told when it has stood for so long: every start has its moment of trouble.
const CALM: Duration = Duration::from_secs(3);

/// What a clock belongs to: workload or object, container, reason.
type Key = (String, Option<String>, Reason);

/// The clock of one cause.
#[derive(Debug, Clone, Copy)]
struct Clock {
    /// When it was first there.
    since: Instant,
    /// From when on its patience counts.
    counted: Instant,
    /// Whether it was stopped when last looked at.
    is_stopped: bool,
    gone: Option<Instant>,
}

impl Clock {
    const fn start(now: Instant, counted: Instant) -> Self {
        Self {
            since: now,
            counted,
            is_stopped: false,
            gone: None,
        }
    }

    /// Stops it, or lets it run again from its beginning: whoever waited for room takes a moment to see that it is there.
    const fn stop(&mut self, stop: bool, now: Instant) {
        if stop || self.is_stopped {
            self.counted = now;
        }
        self.is_stopped = stop;
    }
}

/// What the clocks say.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The trouble at this place is certain.
    Certain(usize),
    /// Nothing new is to be said before that moment, if nothing changes.
    NotBefore(Instant),
    /// Nothing becomes certain by waiting.
    Open,
}

/// For how long each cause has stood.
#[derive(Debug, Default)]
pub struct Patience {
    clocks: HashMap<Key, Clock>,
    /// Until when the cluster recovers from an API server that was away.
    recovers_until: Option<Instant>,
}

impl Patience {
    /// In a cluster that recovers until then from an API server that was away.
    pub fn recovering(until: Option<Instant>) -> Self {
        Self {
            clocks: HashMap::new(),
            recovers_until: until,
        }
    }

    /// Takes note of what is wrong at this moment, the best explanation first. While pods are leaving, nothing that waits
    /// for room becomes certain.
    pub fn judge(&mut self, troubles: &[Trouble], pods_leave: bool, now: Instant) -> Verdict {
        let keys: Vec<_> = troubles.iter().map(key).collect();
        for (key, clock) in &mut self.clocks {
            if !keys.contains(key) {
                clock.gone.get_or_insert(now);
            }
        }
        self.clocks
            .retain(|_, clock| clock.gone.is_none_or(|gone| now - gone < BLINK));
        let recovered = self.recovers_until.map_or(now, |until| until.max(now));
        let mut next: Option<Instant> = None;
        for (place, (trouble, key)) in troubles.iter().zip(keys).enumerate() {
            let reason = trouble.cause.reason;
            let counted = if reason.may_follow_an_outage() {
                recovered
            } else {
                now
            };
            let clock = self.clocks.entry(key).or_insert(Clock::start(now, counted));
            clock.gone = None;
            clock.stop(pods_leave && reason.wants_room(), now);
            let end = clock.counted.checked_add(reason.patience());
            let end = end.filter(|_| !clock.is_stopped);
            if trouble.is_certain || end.is_some_and(|end| end <= now) {
                return Verdict::Certain(self.first_alike(troubles, place));
            }
            let told = Some(clock.since + CALM).filter(|told| *told > now);
            next = [next, end, told].into_iter().flatten().min();
        }
        next.map_or(Verdict::Open, Verdict::NotBefore)
    }

    /// The place of the first trouble that began with the one at `place` for the same reason: what befalls several objects at
    /// once is told of the same one every time.
    fn first_alike(&self, troubles: &[Trouble], place: usize) -> usize {
        let chosen = &troubles[place];
        let since = |trouble: &Trouble| self.clocks.get(&key(trouble)).map(|clock| clock.since);
        let Some(began) = since(chosen) else {
            return place;
        };
        let is_alike = |other: &Trouble| {
            other.cause.reason == chosen.cause.reason
                && other.is_certain == chosen.is_certain
                && since(other).is_some_and(|since| since.saturating_duration_since(began) < BLINK)
        };
        troubles.iter().position(is_alike).unwrap_or(place)
    }

    /// Whether the trouble is worth a word.
    pub fn is_worth_telling(&self, trouble: &Trouble, now: Instant) -> bool {
        let clock = self.clocks.get(&key(trouble));
        let since = clock.map_or(now, |clock| clock.since);
        trouble.is_certain || trouble.cause.reason.patience() <= CALM || now - since >= CALM
    }
}

/// Attempts of one Job are pods with different names.
fn key(trouble: &Trouble) -> Key {
    let cause = &trouble.cause;
    let object = if cause.attempt.is_some() {
        format!("workload {}", trouble.workload)
    } else {
        cause.object.clone()
    };
    (object, cause.container.clone(), cause.reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::kube::diagnosis::Cause;

    fn trouble(reason: Reason) -> Trouble {
        Trouble::new(0, Cause::of("pod/a", reason, "words"))
    }

    #[test]
    fn what_an_outage_leaves_behind_has_time_to_pass() {
        let start = Instant::now();
        let seconds = |number| start + Duration::from_secs(number);
        let recovering = || Patience::recovering(Some(seconds(120)));
        let mut patience = recovering();
        let probe = [trouble(Reason::ProbeFails)];
        patience.judge(&probe, false, seconds(2));
        let told = patience.judge(&probe, false, seconds(137));
        assert_eq!(told, Verdict::NotBefore(seconds(138)));
        assert_eq!(
            patience.judge(&probe, false, seconds(138)),
            Verdict::Certain(0)
        );
        // No outage takes an image away.
        let image = [trouble(Reason::ImageNotFound)];
        let mut patience = recovering();
        patience.judge(&image, false, seconds(2));
        assert_eq!(
            patience.judge(&image, false, seconds(5)),
            Verdict::Certain(0)
        );
    }

    #[test]
    fn a_cause_is_certain_when_it_has_stood_for_its_patience() {
        let mut patience = Patience::default();
        let start = Instant::now();
        let seconds = |number| start + Duration::from_secs(number);
        let loops = [trouble(Reason::CrashLoop)];
        assert_eq!(
            patience.judge(&loops, false, start),
            Verdict::NotBefore(seconds(3))
        );
        assert_eq!(patience.judge(&[], false, seconds(1)), Verdict::Open);
        assert_eq!(
            patience.judge(&loops, false, seconds(3)),
            Verdict::Certain(0)
        );
    }

    #[test]
    fn of_what_began_together_the_first_is_told() {
        let start = Instant::now();
        let seconds = |number| start + Duration::from_secs(number);
        let claim = |name: &str| Trouble::new(0, Cause::of(name, Reason::NoStorageClass, "words"));
        let (one, other) = (
            claim("persistentvolumeclaim/a"),
            claim("persistentvolumeclaim/b"),
        );
        let both = [one, other.clone()];
        // The first has begun so many seconds after the second.
        for (later, told) in [(1, 0), (3, 1)] {
            let mut patience = Patience::default();
            patience.judge(std::slice::from_ref(&other), false, start);
            patience.judge(&both, false, seconds(later));
            let verdict = patience.judge(&both, false, seconds(3));
            assert_eq!(verdict, Verdict::Certain(told));
        }
    }

    #[test]
    fn one_that_was_away_begins_anew() {
        let mut patience = Patience::default();
        let start = Instant::now();
        let seconds = |number| start + Duration::from_secs(number);
        let probe = [trouble(Reason::ProbeFails)];
        patience.judge(&probe, false, start);
        patience.judge(&[], false, seconds(10));
        assert_eq!(
            patience.judge(&probe, false, seconds(15)),
            Verdict::NotBefore(seconds(18))
        );
    }

    #[test]
    fn what_often_mends_itself_is_never_certain() {
        let mut patience = Patience::default();
        let start = Instant::now();
        let waits = [trouble(Reason::WaitsForNode)];
        let told = Verdict::NotBefore(start + CALM);
        assert_eq!(patience.judge(&waits, false, start), told);
        assert!(!patience.is_worth_telling(&waits[0], start));
        let later = start + Duration::from_hours(1);
        assert_eq!(patience.judge(&waits, false, later), Verdict::Open);
        assert!(patience.is_worth_telling(&waits[0], later));
    }

    #[test]
    fn what_waits_for_room_is_not_certain_while_pods_leave() {
        let start = Instant::now();
        let seconds = |number| start + Duration::from_secs(number);
        for reason in [Reason::Unschedulable, Reason::QuotaExceeded] {
            let mut patience = Patience::default();
            let full = [trouble(reason)];
            patience.judge(&full, false, start);
            assert_eq!(
                patience.judge(&full, true, seconds(11)),
                Verdict::Open,
                "{reason:?}"
            );
            assert!(patience.is_worth_telling(&full[0], seconds(11)));
            assert_eq!(patience.judge(&full, true, seconds(31)), Verdict::Open);
            // The last one is gone.
            assert_eq!(
                patience.judge(&full, false, seconds(40)),
                Verdict::NotBefore(seconds(52))
            );
            assert_eq!(
                patience.judge(&full, false, seconds(52)),
                Verdict::Certain(0)
            );
        }
        let mut patience = Patience::default();
        let loops = [trouble(Reason::CrashLoop)];
        patience.judge(&loops, true, start);
        assert_eq!(
            patience.judge(&loops, true, seconds(3)),
            Verdict::Certain(0)
        );
    }
}
