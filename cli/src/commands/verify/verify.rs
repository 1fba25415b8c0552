//! `shopctl verify`

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use tokio::time::sleep;

use super::checking::verdict;
use super::subject::Subject;
use crate::commands::interrupt::interrupted;
use crate::commands::{Context, Error, Outcome};
use crate::config;
use crate::exit::Exit;
use crate::failure::AnyFailure;
use crate::platform::CheckResult;
use crate::report::{self, checks::Verified};

/// How long `--wait` rests before it tries the whole again.
const REST: Duration = Duration::from_millis(500);

/// The arguments of `verify`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Only this check, and what it needs; may be repeated
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Print the names of all checks and check nothing
    #[arg(long)]
    list: bool,
    /// Write the outcome as JUnit XML too
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Print annotations for a GitHub workflow too
    #[arg(long)]
    github: bool,
    /// Try again until everything passes, for this long at most, such as 60s
    #[arg(long, value_name = "DURATION", value_parser = config::parse_duration)]
    wait: Option<Duration>,
}

/// Checks the running shop.
pub async fn run(context: Context, arguments: Arguments) -> Outcome {
    let Arguments {
        only,
        list,
        junit,
        github,
        wait,
    } = arguments;
    let subject = Subject::of(&context.config()?, &only).await?;
    subject.ensure_known(&only)?;
    if list {
        report::checks::list(&context.printer, &subject.list());
        return Ok(Exit::Ok);
    }
    let start = Instant::now();
    let (verified, results) = verified(&subject, &only, wait.unwrap_or_default()).await?;
    let took = start.elapsed();
    let written = junit.map_or(Ok(()), |path| write_junit(&path, took, &results));
    if context.printer.is_human() {
        report::checks::human(&context.printer, &results);
    } else if written.is_ok() {
        // Else the failure is the one document of this call.
        report::checks::document(&context.printer, &verified, took, &results);
    }
    if github {
        report::checks::github(&context.printer, &results);
    }
    written?;
    Ok(verdict(&results))
}

/// Checks until everything passes or the time is over; what was checked and the last results.
async fn verified(
    subject: &Subject,
    only: &[String],
    wait: Duration,
) -> Result<(Verified, Vec<CheckResult>), AnyFailure> {
    let end = Instant::now() + wait;
    loop {
        let outcome = subject.check(only).await;
        let passed = outcome
            .as_ref()
            .is_ok_and(|(_, results)| verdict(results) == Exit::Ok);
        let again = Instant::now() + REST;
        if passed || again > end || ends_the_wait(&outcome) {
            return outcome;
        }
        tokio::select! {
            () = sleep(REST) => {}
            () = interrupted() => return Err(Error::Interrupted.into()),
        }
    }
}

/// A shop that is not there yet may come; an interruption is meant.
fn ends_the_wait(outcome: &Result<(Verified, Vec<CheckResult>), AnyFailure>) -> bool {
    outcome
        .as_ref()
        .is_err_and(|failure| failure.exit() == Exit::Interrupted)
}

fn write_junit(path: &Path, took: Duration, results: &[CheckResult]) -> Result<(), Error> {
    let unwritable = |cause: String| Error::Unwritable {
        path: path.display().to_string(),
        cause,
    };
    let xml =
        report::checks::junit(took, results).map_err(|error| unwritable(error.to_string()))?;
    std::fs::write(path, xml).map_err(|error| unwritable(error.to_string()))
}
