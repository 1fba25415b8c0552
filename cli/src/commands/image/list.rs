//! `shopctl image list`

use clap::Args;

use super::destination::RegistryArguments;
use crate::commands::{Context, Outcome};
use crate::exit::Exit;
use crate::platform::image::{self, Store, registry};
use crate::report;

/// The arguments of `image list`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    registry: RegistryArguments,
}

/// Says which images there are.
pub async fn run(context: Context, Arguments { registry }: Arguments) -> Outcome {
    let config = context.config()?;
    let built = image::built(&Store::at(&image::store(&config)));
    let remote = match registry.destination(&config) {
        Some(destination) => {
            let images = registry::list(&destination).await?;
            Some((destination.to_string(), images))
        }
        None => None,
    };
    report::images_listed(&context.printer, &built, remote.as_ref());
    Ok(Exit::Ok)
}
