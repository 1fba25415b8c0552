//! A measured figure and how it is printed.

use std::io::{self, Write as _};
use std::time::Duration;

use anyhow::Result;

/// One line of the table.
#[derive(Debug)]
pub struct Figure {
    /// What was measured.
    pub what: String,
    /// What was asked for.
    pub wanted: String,
    /// What was measured, as text.
    pub measured: String,
    /// Whether it is as good as asked.
    pub met: bool,
}

impl Figure {
    /// A figure that may be at most `limit`, in `unit`.
    pub fn at_most(what: impl Into<String>, limit: f64, measured: f64, unit: &str) -> Self {
        Self {
            what: what.into(),
            wanted: format!("at most {limit} {unit}"),
            measured: format!("{measured:.2} {unit}"),
            met: measured <= limit,
        }
    }
}

/// The median of several durations, in seconds.
pub fn median(mut durations: Vec<Duration>) -> f64 {
    durations.sort_unstable();
    durations[durations.len() / 2].as_secs_f64()
}

/// Prints the table in Markdown.
pub fn print(figures: &[Figure]) -> Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(
        stdout,
        "| what | asked for | measured | met |\n|---|---|---|---|"
    )?;
    for Figure {
        what,
        wanted,
        measured,
        met,
    } in figures
    {
        let met = if *met { "yes" } else { "no" };
        writeln!(stdout, "| {what} | {wanted} | {measured} | {met} |")?;
    }
    Ok(())
}
