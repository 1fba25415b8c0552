//! What the lab tells while it works.

use std::io::{self, Write as _};
use std::time::Instant;

use anyhow::Result;

/// Prints one line on stderr.
pub fn say(line: &str) {
    // A closed stderr is no reason to stop.
    let _ = writeln!(io::stderr(), "lab: {line}");
}

/// Says what begins, does it, and says how long it took.
pub fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    say(&format!("{what} …"));
    let start = Instant::now();
    let result = work()?;
    say(&format!("{what}: {:.1} s", start.elapsed().as_secs_f32()));
    Ok(result)
}
