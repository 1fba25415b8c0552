//! `shopctl docs`

use clap::Args;

use super::{Context, Outcome};
use crate::config;
use crate::exit::Exit;

/// The arguments of `docs`.
#[derive(Debug, Args)]
pub struct Arguments {}

/// Prints the annotated example of `shop.yaml`.
#[expect(clippy::unused_async, reason = "all verbs are run alike")]
pub async fn run(context: Context, Arguments {}: Arguments) -> Outcome {
    context.printer.result(config::EXAMPLE);
    Ok(Exit::Ok)
}
