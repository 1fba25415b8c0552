//! `shopctl doctor`

use std::path::PathBuf;

use clap::Args;

use super::operation::Operation;
use super::{Context, Outcome, cluster};
use crate::config::Target;
use crate::exit::Exit;
use crate::plan::{Plan, Step};
use crate::platform::{self, Finding};
use crate::report;

/// The arguments of `doctor`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Install what is missing with the machine's package manager
    #[arg(long)]
    fix: bool,
    /// The hosts to look at, as Ansible reads them (target ec2)
    #[arg(long, value_name = "FILE")]
    inventory: Option<PathBuf>,
}

/// Says what the target needs and whether it is there.
pub async fn run(context: Context, Arguments { fix, inventory }: Arguments) -> Outcome {
    let config = context.config()?;
    if config.target == Target::Ec2 {
        let findings = cluster::doctor::examine(&context, &config, inventory).await?;
        return Ok(conclude(&context, &findings));
    }
    let platform = platform::select(&config);
    let mut findings = platform.diagnose().await?;
    let packages = missing_packages(&findings);
    if fix && !packages.is_empty() {
        let progress = report::Progress::start(&context.printer);
        let mut operation =
            Operation::begin(platform.as_ref(), "doctor", progress.events()).await?;
        let steps = vec![Step::InstallPackages(packages)];
        operation.execute_or_abandon(&Plan { steps }).await?;
        operation.finish().await?;
        findings = platform.diagnose().await?;
    }
    Ok(conclude(&context, &findings))
}

fn conclude(context: &Context, findings: &[Finding]) -> Exit {
    report::findings(&context.printer, findings);
    if findings.iter().all(|finding| finding.met) {
        Exit::Ok
    } else {
        Exit::Prerequisite
    }
}

fn missing_packages(findings: &[Finding]) -> Vec<String> {
    let missing = findings.iter().filter(|finding| !finding.met);
    missing
        .flat_map(|finding| finding.packages.clone())
        .collect()
}
