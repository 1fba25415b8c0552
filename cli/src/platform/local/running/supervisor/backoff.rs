//! How long to wait before a child is started again.

use std::time::Duration;

/// The pause after the first failure.
const FIRST: Duration = Duration::from_millis(100);

/// The longest pause.
const LONGEST: Duration = Duration::from_secs(30);

/// A child that ran this long was healthy: what was before does not count any more.
const HEALTHY: Duration = Duration::from_secs(30);

/// After this many failures in a row it is a crash loop.
const CRASH_LOOP: u32 = 5;

/// Counts the failures of one child.
#[derive(Debug, Clone, Copy, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Takes note that the child ended by itself after it ran for `lifetime`; the pause before the next start.
    pub fn failed(&mut self, lifetime: Duration) -> Duration {
        if lifetime >= HEALTHY {
            self.failures = 0;
        }
        self.failures = self.failures.saturating_add(1);
        let doublings = (self.failures - 1).min(16);
        (FIRST * 2_u32.pow(doublings)).min(LONGEST)
    }

    /// Whether the child fails again and again.
    pub const fn is_crash_loop(self) -> bool {
        self.failures >= CRASH_LOOP
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(20);

    #[test]
    fn the_pause_doubles_up_to_half_a_minute() {
        let mut backoff = Backoff::default();
        let pauses: Vec<_> = (0..12).map(|_| backoff.failed(SHORT).as_millis()).collect();
        assert_eq!(pauses[..4], [100, 200, 400, 800]);
        assert_eq!(pauses[11], 30_000);
        for _ in 0..1_000 {
            assert_eq!(backoff.failed(SHORT), LONGEST);
        }
    }

    #[test]
    fn the_fifth_quick_end_is_a_crash_loop() {
        let mut backoff = Backoff::default();
        for _ in 0..4 {
            backoff.failed(SHORT);
        }
        assert!(!backoff.is_crash_loop());
        backoff.failed(SHORT);
        assert!(backoff.is_crash_loop());
    }

    #[test]
    fn health_is_a_new_beginning() {
        let mut backoff = Backoff::default();
        for _ in 0..7 {
            backoff.failed(SHORT);
        }
        assert_eq!(backoff.failed(HEALTHY), FIRST);
        assert!(!backoff.is_crash_loop());
    }
}
