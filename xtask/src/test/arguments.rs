//! The command line and the walk over the stages.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::Args;

use super::stage::{STAGES, Stage};
use super::summary::{Outcome, print};
use crate::repository::Repository;

/// The arguments of `test`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Run only these stages
    #[arg(long, value_name = "STAGE", value_delimiter = ',')]
    only: Vec<String>,
    /// Print the names of all stages
    #[arg(long)]
    list: bool,
}

/// Runs the stages in order. All run, so that one call tells every failure; the exit code is 1 if one failed.
pub fn run(Arguments { only, list }: &Arguments) -> Result<ExitCode> {
    if *list {
        return print_list();
    }
    let stages = select(only)?;
    let repository = Repository::find()?;
    let mut outcomes = Vec::new();
    for stage in stages {
        writeln!(io::stdout(), "\n==> {}: {}", stage.name, stage.title)?;
        let start = Instant::now();
        let failure = (stage.run)(&repository).err();
        outcomes.push(Outcome {
            name: stage.name,
            took: start.elapsed(),
            failure: failure.map(|error| format!("{error:#}")),
        });
    }
    print(&outcomes)
}

fn print_list() -> Result<ExitCode> {
    for stage in &STAGES {
        let Stage { name, title, .. } = stage;
        writeln!(io::stdout(), "{name:<14} {title}")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn select(only: &[String]) -> Result<Vec<&'static Stage>> {
    if let Some(unknown) = only
        .iter()
        .find(|name| STAGES.iter().all(|stage| stage.name != **name))
    {
        bail!("there is no stage `{unknown}`; `cargo xtask test --list` names them");
    }
    let wanted = |stage: &&Stage| only.is_empty() || only.iter().any(|name| name == stage.name);
    Ok(STAGES.iter().filter(wanted).collect())
}
