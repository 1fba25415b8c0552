//! What ran, how long it took and what failed.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;

/// How one stage ended.
#[derive(Debug)]
pub struct Outcome {
    /// The stage.
    pub name: &'static str,
    /// How long it took.
    pub took: Duration,
    /// Why it failed; none when it passed.
    pub failure: Option<String>,
}

/// Prints the table and the closing line.
pub fn print(outcomes: &[Outcome]) -> Result<ExitCode> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "\n==> summary")?;
    for Outcome {
        name,
        took,
        failure,
    } in outcomes
    {
        let verdict = if failure.is_none() {
            "passed"
        } else {
            "FAILED"
        };
        writeln!(
            stdout,
            "{name:<14} {verdict}  {:>7.1} s",
            took.as_secs_f64()
        )?;
        if let Some(failure) = failure {
            writeln!(stdout, "               {failure}")?;
        }
    }
    let failed = outcomes
        .iter()
        .filter(|outcome| outcome.failure.is_some())
        .count();
    writeln!(
        stdout,
        "stages: {} passed, {failed} failed",
        outcomes.len() - failed
    )?;
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
