//! `shopctl supervise`

use clap::Args;

use super::{Context, Outcome};
use crate::exit::Exit;

/// The arguments of `supervise`.
#[derive(Debug, Args)]
pub struct Arguments {}

/// Not there yet.
pub async fn run(_context: Context, Arguments {}: Arguments) -> Outcome {
    Ok(Exit::Bug)
}
