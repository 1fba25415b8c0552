//! The command line of the benchmarks.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::{figure, up};
use crate::command::run as build;
use crate::repository::Repository;
use crate::test::in_a_lab;

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
    /// `shopctl deploy` beside Helm with the same manifests, and what each says of what can go wrong: half an hour, root
    Deploy,
}

/// Measures and prints a table. A figure that is missed is said, not failed: machines are noisy. A failure that is called
/// by a wrong name fails.
pub fn run(Arguments { subject }: &Arguments) -> Result<ExitCode> {
    let repository = Repository::find()?;
    let Subject::Up { runs } = subject else {
        in_a_lab(&repository, "deploy")?;
        return Ok(ExitCode::SUCCESS);
    };
    build(&mut repository.cargo(["build", "--workspace", "--release", "--locked"]))?;
    let figures = up::measure(&repository, (*runs).max(1))?;
    figure::print(&figures)?;
    Ok(ExitCode::SUCCESS)
}
