//! `shopctl image build`

use std::path::PathBuf;

use clap::Args;

use crate::commands::interrupt::interrupted;
use crate::commands::{Context, Error, Outcome};
use crate::config::Config;
use crate::exit::Exit;
use crate::failure::AnyFailure;
use crate::platform::image::{self, Build, Store};
use crate::report;

/// The arguments of `image build`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Write each image into this directory too, as an archive for sites without a registry
    #[arg(long, value_name = "DIR")]
    image_archive: Option<PathBuf>,
}

/// Makes an image of each service.
pub async fn run(context: Context, Arguments { image_archive }: Arguments) -> Outcome {
    let config = context.config()?;
    let build = built(&context, &config).await?;
    let archives = match &image_archive {
        Some(directory) => image::export(&build, &Store::at(&image::store(&config)), directory)?,
        None => Vec::new(),
    };
    report::images_built(&context.printer, &build, &archives);
    Ok(Exit::Ok)
}

/// The images of all services, made unless they are there.
pub async fn built(context: &Context, config: &Config) -> Result<Build, AnyFailure> {
    let progress = report::Progress::start(&context.printer);
    let events = progress.events();
    let making = async {
        let ingredients = image::ingredients(config, &events).await?;
        image::build(ingredients, &events).await
    };
    let build = tokio::select! {
        build = making => build?,
        () = interrupted() => return Err(Error::Interrupted.into()),
    };
    drop(events);
    progress.finish().await;
    Ok(build)
}
