//! `shopctl down`

use clap::Args;

use super::operation::Operation;
use super::{Context, Error, Outcome};
use crate::config::{Config, Target};
use crate::exit::Exit;
use crate::plan::{Plan, Step, down};
use crate::platform;
use crate::platform::kube::Kube;
use crate::platform::kube::down::Gone;
use crate::report;

/// The arguments of `down`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Remove the shop's data too: orders, catalogue, passwords, logs
    #[arg(long)]
    delete_data: bool,
}

/// Stops the shop.
pub async fn run(context: Context, Arguments { delete_data }: Arguments) -> Outcome {
    let request = down::Request { delete_data };
    let config = context.config()?;
    if config.target != Target::Local {
        return Box::pin(from_cluster(&context, &config, delete_data)).await;
    }
    let platform = platform::select(&config);
    // Where nothing ever was, no lock shall be either.
    if !platform.observe().await?.begun {
        report::down(&context.printer, &Plan::default(), &config.data_dir);
        return Ok(Exit::Ok);
    }
    let progress = report::Progress::start(&context.printer);
    // Before anything is looked at: an `up` that has only just begun shows nothing yet.
    let mut operation = Operation::begin(platform.as_ref(), "down", progress.events()).await?;
    let plan = down::plan(request, &operation.observe().await?);
    if plan.steps.contains(&Step::DeleteData) {
        confirm(&context, &config.data_dir.display().to_string())?;
    }
    operation.execute_or_abandon(&plan).await?;
    operation.finish().await?;
    progress.finish().await;
    report::down(&context.printer, &plan, &config.data_dir);
    Ok(Exit::Ok)
}

/// Takes the shop away from a cluster.
async fn from_cluster(context: &Context, config: &Config, delete_data: bool) -> Outcome {
    let kube = Kube::new(config);
    let place = kube.place().await?;
    if !kube.has_namespace().await? {
        report::gone(&context.printer, &place, &Gone::default());
        return Ok(Exit::Ok);
    }
    if delete_data {
        confirm(context, &place)?;
    }
    let progress = report::Progress::start(&context.printer);
    let mut operation = Operation::begin(&kube, "down", progress.events()).await?;
    let events = progress.events();
    let going = async { Ok(kube.down(delete_data, &events).await?) };
    let gone = Box::pin(operation.guard(going)).await?;
    drop(events);
    if delete_data {
        // The lock has gone with everything else. Whoever holds events keeps the progress from its end.
        drop(operation);
    } else {
        operation.finish().await?;
    }
    progress.finish().await;
    report::gone(&context.printer, &place, &gone);
    Ok(if gone.left.is_empty() {
        Exit::Ok
    } else {
        Exit::CheckFailed
    })
}

fn confirm(context: &Context, place: &str) -> Result<(), Error> {
    let consequence = format!("delete every order and everything else in `{place}`");
    if context.yes
        || context
            .printer
            .ask(&format!("This will {consequence}. Go on?"))
    {
        return Ok(());
    }
    Err(Error::Unconfirmed {
        verb: "down --delete-data",
        consequence,
    })
}
