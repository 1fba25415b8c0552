//! `shopctl docs`

use clap::Args;

use super::{Context, Outcome};
use crate::config;
use crate::exit::Exit;

/// The arguments of `docs`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Print the JSON Schema of `shop.yaml`, for editors
    #[arg(long)]
    schema: bool,
}

/// Prints the annotated example of `shop.yaml`, or its schema.
#[expect(clippy::unused_async, reason = "all verbs are run alike")]
pub async fn run(context: Context, Arguments { schema }: Arguments) -> Outcome {
    if schema {
        context.printer.line(&format!("{:#}", config::schema()));
    } else {
        context.printer.result(config::EXAMPLE);
    }
    Ok(Exit::Ok)
}
