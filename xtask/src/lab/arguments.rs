//! The command line of the lab.

use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use lab::{Lab, Network};

use super::{cluster, status};

/// The arguments of `lab`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Which lab; labs with different names and networks can be up at once
    #[arg(long, global = true, default_value = "lab")]
    name: String,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Bring up hosts, a file mirror and a registry, and a cluster on the hosts
    Up(Up),
    /// Fill the cache and start nothing
    Build {
        /// Build this minor version of Kubernetes as well, `1.35` for example
        #[arg(long, value_name = "MINOR")]
        kubernetes: Option<String>,
    },
    /// Remove everything that the lab made on this machine
    Down,
    /// Say what is up
    Status,
    /// Log in to a host, or run a command on it
    Ssh {
        /// `host-1` for example
        host: String,
        /// The command; nothing for a shell
        #[arg(trailing_var_arg = true)]
        command: Vec<String>,
    },
    /// Print the path of the cluster's kubeconfig
    Kubeconfig,
}

/// The arguments of `lab up`.
#[derive(Debug, Args)]
struct Up {
    /// How many hosts; the first one carries the control plane
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=99))]
    hosts: u8,
    /// Stop before the cluster
    #[arg(long)]
    bare: bool,
    /// The network is 10.N.0.0/24; every lab needs its own
    #[arg(long, value_name = "N", default_value_t = 77)]
    network: u8,
    /// Serve this minor version of Kubernetes as well, `1.35` for example
    #[arg(long, value_name = "MINOR")]
    kubernetes: Option<String>,
}

/// Does what the verb says.
pub fn run(Arguments { name, verb }: &Arguments) -> Result<ExitCode> {
    match verb {
        Verb::Up(arguments) => up(name, arguments)?,
        Verb::Build { kubernetes } => {
            named(name, Network::new(0), kubernetes.as_deref())?.build()?;
        }
        Verb::Down => Lab::named(name, Network::new(0))?.down()?,
        Verb::Status => status::print(name)?,
        Verb::Ssh { host, command } => return ssh(name, host, command),
        Verb::Kubeconfig => {
            let path = existing(name)?.kubeconfig();
            writeln!(io::stdout(), "{}", path.display())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn up(name: &str, arguments: &Up) -> Result<()> {
    let network = Network::new(arguments.network);
    let lab = named(name, network, arguments.kubernetes.as_deref())?;
    lab.up(arguments.hosts)?;
    if !arguments.bare {
        cluster::up(&lab)?;
    }
    status::print(name)
}

/// The lab with the versions of Kubernetes that it is to serve.
fn named(name: &str, network: Network, kubernetes: Option<&str>) -> Result<Lab> {
    let lab = Lab::named(name, network)?;
    match kubernetes {
        Some(minor) => lab.with_kubernetes(minor),
        None => Ok(lab),
    }
}

fn ssh(name: &str, host: &str, command: &[String]) -> Result<ExitCode> {
    let words: Vec<_> = command.iter().map(String::as_str).collect();
    let status = existing(name)?.ssh_command(host, &words)?.status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

fn existing(name: &str) -> Result<Lab> {
    Lab::existing(name)?
        .with_context(|| format!("there is no lab {name}; `cargo xtask lab up` makes it"))
}
