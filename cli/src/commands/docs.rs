//! `shopctl docs`

use clap::Args;

use super::{Context, Outcome};
use crate::config;
use crate::exit::Exit;

/// The arguments of `docs`.
#[derive(Debug, Args)]
pub struct Arguments {}

/// Prints the annotated example of `shop.yaml`.
pub fn run(context: Context, Arguments {}: Arguments) -> Outcome {
    context.printer.result(config::EXAMPLE);
    Ok(Exit::Ok)
}
