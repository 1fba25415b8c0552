//! `shopctl image push`

use clap::Args;

use super::build::built;
use super::destination::RegistryArguments;
use crate::commands::interrupt::interrupted;
use crate::commands::{Context, Error, Outcome};
use crate::exit::Exit;
use crate::platform::image::{self, Store, registry};
use crate::report;

/// The arguments of `image push`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    registry: RegistryArguments,
}

/// Makes the registry have an image of each service.
pub async fn run(context: Context, Arguments { registry }: Arguments) -> Outcome {
    let config = context.config()?;
    let destination = registry.destination(&config).ok_or(Error::NoRegistry)?;
    let build = built(&context, &config).await?;
    let store = Store::at(&image::store(&config));
    let progress = report::Progress::start(&context.printer);
    let events = progress.events();
    let pushed = tokio::select! {
        pushed = registry::push(&build, &store, &destination, &events) => pushed?,
        () = interrupted() => return Err(Error::Interrupted.into()),
    };
    drop(events);
    progress.finish().await;
    report::images_pushed(&context.printer, &build, &pushed);
    Ok(Exit::Ok)
}
