//! `shopctl launch`

use clap::Args;

use super::{Context, Outcome};
use crate::exit::Exit;
use crate::platform::process::launcher::{Become, launch};
use crate::platform::process::signal::Signal;

/// The arguments of `launch`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The process that must still be the parent
    #[arg(long, value_name = "PID")]
    parent: i32,
    /// The signal to get when the parent ends
    #[arg(long)]
    death_signal: Signal,
    /// The user to become
    #[arg(long, requires = "gid")]
    uid: Option<u32>,
    /// The group to become
    #[arg(long)]
    gid: Option<u32>,
    /// The program and its arguments
    #[arg(last = true, required = true)]
    argv: Vec<String>,
}

/// Becomes the program.
#[expect(clippy::unused_async, reason = "all verbs are run alike")]
pub async fn run(context: Context, arguments: Arguments) -> Outcome {
    let Arguments {
        parent,
        death_signal,
        uid,
        gid,
        argv,
    } = arguments;
    let error = launch(&Become {
        parent,
        death_signal,
        uid,
        gid,
        argv,
    });
    context.printer.chat(&error.to_string());
    Ok(Exit::Prerequisite)
}
