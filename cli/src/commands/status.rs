//! `shopctl status`

use std::time::Duration;

use clap::Args;
use tokio::time::sleep;

use super::interrupt::interrupted;
use super::{Context, Error, Outcome};
use crate::config::{Config, Target};
use crate::exit::Exit;
use crate::failure::AnyFailure;
use crate::platform::kube::{Cluster, ClusterStatus, Kube};
use crate::platform::{self, Status};
use crate::report;

/// How often `--watch` looks again.
const WATCH_INTERVAL: Duration = Duration::from_secs(1);

/// The arguments of `status`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Look again every second until interrupted; for people, so not with `--output json`
    #[arg(long, short)]
    watch: bool,
}

/// Says what runs.
pub async fn run(context: Context, Arguments { watch }: Arguments) -> Outcome {
    if watch && !context.printer.is_human() {
        return Err(Error::Contradiction {
            option: "--watch",
            other: "--output json",
            why: "a call prints one document",
        }
        .into());
    }
    let config = context.config()?;
    if watch {
        tokio::select! {
            failure = watch_until_failure(&context, &config) => failure?,
            () = interrupted() => {}
        }
        return Ok(Exit::Ok);
    }
    Ok(look(&config).await?.print(&context))
}

async fn watch_until_failure(context: &Context, config: &Config) -> Result<(), AnyFailure> {
    loop {
        let seen = look(config).await?;
        context.printer.clear_screen();
        seen.print(context);
        sleep(WATCH_INTERVAL).await;
    }
}

/// What there is to see on a target.
enum Seen {
    Shop(Status),
    Cluster(ClusterStatus),
}

impl Seen {
    fn print(&self, context: &Context) -> Exit {
        match self {
            Self::Shop(status) => {
                report::status(&context.printer, status);
                verdict(status)
            }
            Self::Cluster(status) => {
                report::cluster::status(&context.printer, status);
                cluster_verdict(status)
            }
        }
    }
}

async fn look(config: &Config) -> Result<Seen, AnyFailure> {
    if config.target == Target::Ec2 && !Kube::new(config).has_shop().await? {
        let cluster = Cluster::current(config.clusters.state_dir()?).await?;
        return Ok(Seen::Cluster(ClusterStatus::of(&cluster).await?));
    }
    Ok(Seen::Shop(platform::select(config).status().await?))
}

/// How the call ends with a cluster in that state.
pub fn cluster_verdict(status: &ClusterStatus) -> Exit {
    if status.is_ready() {
        Exit::Ok
    } else {
        Exit::CheckFailed
    }
}

fn verdict(status: &Status) -> Exit {
    let ready =
        status.release.is_some() && status.components.iter().all(|component| component.ready);
    if ready { Exit::Ok } else { Exit::CheckFailed }
}
