//! `shopctl down`

use clap::Args;

use super::operation::Operation;
use super::{Context, Error, Outcome};
use crate::config::{Config, Target};
use crate::exit::Exit;
use crate::plan::{Plan, Step, down};
use crate::platform;
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
    let platform = platform::select(&config)?;
    // Where nothing ever was, no lock shall be either.
    let place = place(&config);
    if !platform.remains().await?.begun {
        report::down(&context.printer, &Plan::default(), &place);
        return Ok(Exit::Ok);
    }
    let progress = report::Progress::start(&context.printer);
    // Before anything is looked at: an `up` that has only just begun shows nothing yet.
    let mut operation = Operation::begin(platform.as_ref(), "down", progress.events()).await?;
    let plan = down::plan(request, &platform.remains().await?);
    if plan.steps.contains(&Step::DeleteData) {
        confirm(&context, &place.name)?;
    }
    operation.execute_or_abandon(&plan).await?;
    operation.finish().await?;
    report::down(&context.printer, &plan, &place);
    Ok(Exit::Ok)
}

/// Where the shop's data is.
fn place(config: &Config) -> report::DataPlace {
    if config.target == Target::Local {
        return report::DataPlace {
            key: "data_dir",
            name: config.data_dir.display().to_string(),
        };
    }
    report::DataPlace {
        key: "namespace",
        name: config.kubernetes.namespace.as_str().to_owned(),
    }
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
