//! `shopctl verify`

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use tokio::time::sleep;

use super::interrupt::interrupted;
use super::{Context, Error, Outcome};
use crate::config::{self, Config, Target};
use crate::exit::Exit;
use crate::failure::AnyFailure;
use crate::platform::kube::{Cluster, Kube};
use crate::platform::{self, CheckResult, Platform, Shop, Verdict, checks};
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
    if context.printer.is_human() {
        report::checks::human(&context.printer, &results);
    } else {
        report::checks::document(&context.printer, &verified, took, &results);
    }
    if github {
        report::checks::github(&context.printer, &results);
    }
    if let Some(path) = &junit {
        write_junit(path, took, &results)?;
    }
    Ok(verdict(&results))
}

/// Checks once. Ctrl-C ends it early and leaves nothing behind.
pub async fn check(shop: &Shop, only: &[String]) -> Result<Vec<CheckResult>, Error> {
    let results = checks::run(shop, only, interrupted()).await;
    results.ok_or(Error::Interrupted)
}

/// How the call ends with these results.
pub fn verdict(results: &[CheckResult]) -> Exit {
    if results
        .iter()
        .all(|result| result.verdict == Verdict::Passed)
    {
        Exit::Ok
    } else {
        Exit::CheckFailed
    }
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

/// What is verified.
enum Subject {
    /// A shop.
    Shop(Box<dyn Platform>),
    /// The cluster that the state directory says is the current one.
    Cluster(PathBuf),
}

impl Subject {
    async fn of(config: &Config, only: &[String]) -> Result<Self, AnyFailure> {
        let shop = || Ok(Self::Shop(platform::select(config)?));
        match config.target {
            Target::Local | Target::Kube => shop(),
            Target::Ec2 => {
                let state_dir = config.clusters.state_dir()?.to_owned();
                let of_cluster = |name: &String| name.starts_with("cluster");
                let about_cluster = !only.is_empty() && only.iter().all(of_cluster);
                // A name of neither is refused by the list of the cluster.
                if about_cluster || !Kube::new(config).has_shop().await.unwrap_or_default() {
                    return Ok(Self::Cluster(state_dir));
                }
                shop()
            }
        }
    }

    fn list(&self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Shop(_) => checks::list(),
            Self::Cluster(_) => checks::cluster::list(),
        }
    }

    fn ensure_known(&self, only: &[String]) -> Result<(), AnyFailure> {
        match self {
            Self::Shop(_) => Ok(checks::ensure_known(only)?),
            Self::Cluster(_) => Ok(checks::cluster::ensure_known(only)?),
        }
    }

    async fn check(&self, only: &[String]) -> Result<(Verified, Vec<CheckResult>), AnyFailure> {
        match self {
            Self::Shop(platform) => {
                let shop = platform.shop().await?;
                let results = check(&shop, only).await?;
                Ok((Verified::Release(shop.release), results))
            }
            Self::Cluster(state_dir) => {
                let cluster = Cluster::current(state_dir).await?;
                let results = check_cluster(&cluster, only).await?;
                Ok((Verified::Cluster(cluster.name), results))
            }
        }
    }
}

/// Checks a cluster once. Ctrl-C ends it early and leaves nothing behind.
pub async fn check_cluster(cluster: &Cluster, only: &[String]) -> Result<Vec<CheckResult>, Error> {
    let results = checks::cluster::run(cluster, only, interrupted()).await;
    results.ok_or(Error::Interrupted)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn result(verdict: Verdict) -> CheckResult {
        CheckResult {
            name: "health",
            title: "all is well",
            verdict,
            took: Duration::ZERO,
            evidence: None,
            cause: None,
            hint: None,
        }
    }

    #[test]
    fn only_what_passed_is_good_enough() {
        let ends = |verdicts: &[Verdict]| {
            let results: Vec<_> = verdicts.iter().copied().map(result).collect();
            verdict(&results)
        };
        assert_eq!(ends(&[Verdict::Passed, Verdict::Passed]), Exit::Ok);
        assert_eq!(ends(&[Verdict::Passed, Verdict::Failed]), Exit::CheckFailed);
        assert_eq!(
            ends(&[Verdict::Passed, Verdict::Skipped]),
            Exit::CheckFailed
        );
    }
}
