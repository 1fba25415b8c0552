//! What is up of a lab.

use std::io::{self, Write as _};

use anyhow::Result;
use lab::{Host, Lab, Phase, Record};

/// Prints what is recorded of the lab and whether it answers.
pub fn print(name: &str) -> Result<()> {
    let mut out = io::stdout();
    let Some(lab) = Lab::existing(name)? else {
        writeln!(out, "there is no lab {name}")?;
        return Ok(());
    };
    let Some(record) = lab.recorded()? else {
        return Ok(());
    };
    writeln!(out, "{name}  {}", phase(&record))?;
    for host in lab.hosts(&record) {
        writeln!(
            out,
            "{:<10}{:<14}{}",
            host.name(),
            host.address(),
            power(&host)
        )?;
    }
    let answers = if lab.serves() {
        "answer"
    } else {
        "do not answer"
    };
    writeln!(
        out,
        "mirror {} and registry {} {answers}",
        lab.mirror(),
        lab.registry()
    )?;
    writeln!(out, "inventory   {}", lab.inventory().display())?;
    if record.phase == Phase::Cluster {
        writeln!(out, "kubeconfig  {}", lab.kubeconfig().display())?;
        writeln!(
            out,
            "for shopctl: export SHOPCTL_STATE_DIR={}",
            lab.state_dir().display()
        )?;
    }
    Ok(())
}

fn phase(record: &Record) -> &'static str {
    match record.phase {
        Phase::Starting => "incomplete; `cargo xtask lab up` or `down` cleans up",
        Phase::Bare => "bare hosts",
        Phase::Cluster => "a cluster",
    }
}

fn power(host: &Host<'_>) -> &'static str {
    match (host.is_on(), host.answers()) {
        (true, true) => "up",
        (true, false) => "on, but does not answer",
        (false, _) => "off",
    }
}
