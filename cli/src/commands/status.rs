//! `shopctl status`

use std::time::Duration;

use clap::Args;
use tokio::time::sleep;

use super::interrupt::interrupted;
use super::{Context, Outcome};
use crate::exit::Exit;
use crate::platform::{self, Platform, Status};
use crate::report;

/// How often `--watch` looks again.
const WATCH_INTERVAL: Duration = Duration::from_secs(1);

/// The arguments of `status`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Look again every second until interrupted
    #[arg(long, short)]
    watch: bool,
}

/// Says what runs.
pub async fn run(context: Context, Arguments { watch }: Arguments) -> Outcome {
    let config = context.config()?;
    let platform = platform::select(&config);
    if watch {
        tokio::select! {
            failure = watch_until_failure(&context, platform.as_ref()) => failure?,
            () = interrupted() => {}
        }
        return Ok(Exit::Ok);
    }
    let status = platform.status().await?;
    report::status(&context.printer, &status);
    Ok(verdict(&status))
}

async fn watch_until_failure(
    context: &Context,
    platform: &dyn Platform,
) -> Result<(), platform::Error> {
    loop {
        let status = platform.status().await?;
        context.printer.clear_screen();
        report::status(&context.printer, &status);
        sleep(WATCH_INTERVAL).await;
    }
}

fn verdict(status: &Status) -> Exit {
    let ready =
        status.release.is_some() && status.components.iter().all(|component| component.ready);
    if ready { Exit::Ok } else { Exit::CheckFailed }
}
