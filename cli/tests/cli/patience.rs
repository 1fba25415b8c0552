//! Waits for what is about to become true.

use std::time::{Duration, Instant};

/// Nothing that a test waits for takes longer on any machine that is well.
const LIMIT: Duration = Duration::from_secs(30);

/// How often to look.
const INTERVAL: Duration = Duration::from_millis(5);

/// Looks until it is so; false when it did not become so.
pub fn is_soon(mut is_so: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + LIMIT;
    loop {
        if is_so() {
            return true;
        }
        if Instant::now() >= end {
            return false;
        }
        std::thread::sleep(INTERVAL);
    }
}

/// Looks until it is so. `what` completes "waited in vain for".
pub fn until(what: &str, is_so: impl FnMut() -> bool) {
    assert!(is_soon(is_so), "waited in vain for {what}");
}
