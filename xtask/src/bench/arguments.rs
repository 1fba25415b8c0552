//! The command line of the benchmarks.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::{figure, up};
use crate::command::run as build;
use crate::repository::Repository;

/// The arguments of `bench`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    subject: Subject,
}

#[derive(Debug, Subcommand)]
enum Subject {
    /// `shopctl up` and the services: time, memory, size
    Up {
        /// How often each time is taken; the median counts
        #[arg(long, default_value_t = 5)]
        runs: usize,
    },
}

/// Measures and prints a table. A figure that is missed is said, not failed: machines are noisy.
pub fn run(Arguments { subject }: &Arguments) -> Result<ExitCode> {
    let repository = Repository::find()?;
    build(&mut repository.cargo(["build", "--workspace", "--release", "--locked"]))?;
    let figures = match subject {
        Subject::Up { runs } => up::measure(&repository, (*runs).max(1))?,
    };
    figure::print(&figures)?;
    Ok(ExitCode::SUCCESS)
}
