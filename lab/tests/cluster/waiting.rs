//! Waiting for a condition, with an end.

use std::thread::sleep;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_mins(3);
const INTERVAL: Duration = Duration::from_millis(500);

/// Comes back when it is so; panics when it is not so for too long.
pub fn until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < LIMIT, "waited {LIMIT:?} in vain: {what}");
        sleep(INTERVAL);
    }
}
