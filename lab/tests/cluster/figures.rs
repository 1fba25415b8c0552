//! What was measured.

use std::time::{Duration, Instant};

/// Durations with their names, in the order in which they were measured.
#[derive(Debug, Default)]
pub struct Figures(Vec<(String, Duration)>);

impl Figures {
    /// Does it and keeps how long it took.
    pub fn time<T>(&mut self, what: &str, action: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = action();
        let took = start.elapsed();
        println!("{:>7.1} s  {what}", took.as_secs_f64());
        self.0.push((what.to_owned(), took));
        result
    }

    /// Prints all of them.
    pub fn print(&self) {
        println!("\nfigures:");
        for (what, took) in &self.0 {
            println!("{:>7.1} s  {what}", took.as_secs_f64());
        }
    }
}
