//! `shopctl verify`

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use tokio::time::sleep;

use super::interrupt::{interrupted, unless_interrupted};
use super::{Context, Error, Outcome};
use crate::config::{self, Config, Target};
use crate::exit::Exit;
use crate::failure::AnyFailure;
use crate::platform::kube::{Cluster, Kube};
use crate::platform::{self, CheckResult, Platform, Shop, checks};
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
    if results.iter().all(|result| result.verdict.is_good()) {
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
    /// A shop on this machine.
    Shop(Box<dyn Platform>),
    /// A shop in a cluster.
    Kube(Box<Kube>),
    /// The cluster that the state directory says is the current one.
    Cluster(PathBuf),
}

impl Subject {
    async fn of(config: &Config, only: &[String]) -> Result<Self, AnyFailure> {
        let in_cluster = || Self::Kube(Box::new(Kube::new(config)));
        match config.target {
            Target::Local => Ok(Self::Shop(platform::select(config))),
            Target::Kube => Ok(in_cluster()),
            Target::Ec2 => {
                let state_dir = config.clusters.state_dir()?.to_owned();
                let of_cluster = |name: &String| name.starts_with("cluster");
                let about_cluster = !only.is_empty() && only.iter().all(of_cluster);
                // A name of neither is refused by the list of the cluster.
                if about_cluster || is_without_shop(config).await {
                    return Ok(Self::Cluster(state_dir));
                }
                Ok(in_cluster())
            }
        }
    }

    fn list(&self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Shop(_) => checks::list(),
            Self::Kube(_) => [checks::kube::list(), checks::list()].concat(),
            Self::Cluster(_) => checks::cluster::list(),
        }
    }

    fn ensure_known(&self, only: &[String]) -> Result<(), AnyFailure> {
        match self {
            Self::Shop(_) => Ok(checks::ensure_known(only)?),
            Self::Kube(_) => Ok(checks::ensure_known(&split(only).1)?),
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
            Self::Kube(kube) => {
                let shop = kube.shop().await?;
                let results = check_kube(kube, &shop, only).await?;
                Ok((Verified::Release(kube.release().await?), results))
            }
            Self::Cluster(state_dir) => {
                let cluster = Cluster::current(state_dir).await?;
                let results = check_cluster(&cluster, only).await?;
                Ok((Verified::Cluster(cluster.name), results))
            }
        }
    }
}

/// Whether the cluster is not there yet, or has no shop. One that cannot be asked may have one; the checks of a shop then
/// say why not.
async fn is_without_shop(config: &Config) -> bool {
    matches!(
        Kube::new(config).has_shop().await,
        Ok(false) | Err(platform::Error::Prerequisite { .. })
    )
}

/// What is asked of a release that was verified when it came, and that nothing has changed since.
const STANDING: [&str; 6] = [
    "handbook",
    "pods",
    "claims",
    "processes",
    "storefront",
    "health",
];

/// A release that serves, and how it was checked.
pub struct Checked {
    /// The release.
    pub release: String,
    /// The address of the front door.
    pub url: String,
    /// The outcome.
    pub results: Vec<CheckResult>,
    /// Whether everything was checked, and not only whether what was verified before still stands.
    pub wholly: bool,
}

/// Checks the release that serves, which has just come if something has `changed`.
pub async fn release(
    config: &Config,
    platform: &dyn Platform,
    changed: bool,
) -> Result<Checked, AnyFailure> {
    let shop = unless_interrupted(platform.shop()).await?;
    if config.target != Target::Local {
        return release_in_cluster(&Kube::new(config), &shop, changed).await;
    }
    Ok(Checked {
        results: check(&shop, &[]).await?,
        release: shop.release,
        url: shop.front_door,
        wholly: true,
    })
}

async fn release_in_cluster(
    kube: &Kube,
    shop: &Shop,
    changed: bool,
) -> Result<Checked, AnyFailure> {
    let known = async {
        let release = kube.release().await?;
        let stands = !changed && kube.is_verified(&release).await?;
        if changed {
            checks::new_release(shop).await;
        }
        Ok::<_, platform::Error>((release, stands))
    };
    let (release, stands) = unless_interrupted(known).await?;
    let only: &[&str] = if stands { &STANDING } else { &[] };
    let only: Vec<_> = only.iter().copied().map(str::to_owned).collect();
    let results = check_kube(kube, shop, &only).await?;
    // What was reached past its entry was not proven as a whole.
    if !stands && shop.detour.is_none() && verdict(&results) == Exit::Ok {
        unless_interrupted(kube.remember_verified(&release)).await?;
    }
    Ok(Checked {
        release,
        url: shop.front_door.clone(),
        results,
        wholly: !stands,
    })
}

/// The names of checks of what a shop has in its cluster, and all others.
fn split(only: &[String]) -> (Vec<String>, Vec<String>) {
    let of_cluster = |name: &String| checks::kube::is_known(name);
    only.iter().cloned().partition(of_cluster)
}

/// Checks a shop in a cluster once, from inside and from outside at the same time.
async fn check_kube(
    kube: &Kube,
    shop: &Shop,
    only: &[String],
) -> Result<Vec<CheckResult>, AnyFailure> {
    let (of_cluster, of_shop) = split(only);
    let inside = async {
        if of_cluster.is_empty() && !only.is_empty() {
            return Ok(Some(Vec::new()));
        }
        kube.check(&of_cluster, interrupted()).await
    };
    let outside = async {
        if of_shop.is_empty() && !only.is_empty() {
            return Some(Vec::new());
        }
        checks::run(shop, &of_shop, interrupted()).await
    };
    let (inside, outside) = tokio::join!(inside, outside);
    let mut results = inside?.ok_or(Error::Interrupted)?;
    results.extend(outside.ok_or(Error::Interrupted)?);
    Ok(results)
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
    use crate::platform::Verdict;

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
        assert_eq!(ends(&[Verdict::Passed, Verdict::Warned]), Exit::Ok);
        assert_eq!(ends(&[Verdict::Passed, Verdict::Failed]), Exit::CheckFailed);
        assert_eq!(
            ends(&[Verdict::Passed, Verdict::Skipped]),
            Exit::CheckFailed
        );
    }
}
