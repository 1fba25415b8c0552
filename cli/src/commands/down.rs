//! `shopctl down`

use clap::Args;

use super::operation::Operation;
use super::{Context, Error, Outcome};
use crate::exit::Exit;
use crate::plan::{Step, down};
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
    let platform = platform::select(&config);
    let plan = down::plan(request, &platform.observe().await?);
    if plan.steps.contains(&Step::DeleteData) {
        confirm(&context, &config.data_dir.display().to_string())?;
    }
    if !plan.is_empty() {
        let progress = report::Progress::start(&context.printer);
        let mut operation = Operation::begin(platform.as_ref(), "down", progress.events()).await?;
        operation.execute_or_abandon(&plan).await?;
        operation.finish().await?;
    }
    report::down(&context.printer, &plan, &config.data_dir);
    Ok(Exit::Ok)
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
