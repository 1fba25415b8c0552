//! `shopctl completions`

use clap::{Args, Command};
use clap_complete::Shell;

use super::{Context, Outcome};
use crate::exit::Exit;

/// The arguments of `completions`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The shell that is to complete
    shell: Shell,
}

/// Prints the completion script for `command`, the whole of `shopctl`.
#[expect(clippy::unused_async, reason = "all verbs are run alike")]
pub async fn run(
    context: Context,
    Arguments { shell }: Arguments,
    mut command: Command,
) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "shopctl", &mut script);
    context.printer.result(&String::from_utf8_lossy(&script));
    Ok(Exit::Ok)
}
