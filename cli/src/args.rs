//! The root of the command line, and the one place that knows all verbs.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

use crate::commands::{
    Context, cluster, completions, deploy, docs, doctor, down, image, launch, logs, open, render,
    run, status, supervise, up, verify,
};
use crate::config::{self, Overrides};
use crate::exit::Exit;
use crate::report::{Mode, Output};

/// Deploys, verifies and operates ShopMicro.
#[derive(Debug, Parser)]
#[command(
    name = "shopctl",
    version,
    propagate_version = true,
    max_term_width = 100
)]
#[command(
    after_help = "Start with `shopctl up`. Exit codes: 0 ok, 2 usage, 3 configuration invalid, \
    4 prerequisite missing, 5 another operation holds the lock, 10 a check failed, 11 the previous release is serving, \
    12 nothing healthy is serving, 20 an external tool failed, 130 interrupted and safe to run again."
)]
pub struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    verb: Verb,
}

/// What every verb understands.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Read the settings from this file [default: $SHOPCTL_CONFIG, else ./shop.yaml, else built in]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where the shop runs
    #[arg(long, global = true)]
    target: Option<TargetName>,
    /// The context of your kubeconfig [default: `kubernetes.context`, else the current one] (target kube)
    #[arg(long, global = true, value_name = "NAME")]
    context: Option<String>,
    /// Where the shop's data lives on this machine
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// How to print the result
    #[arg(long, global = true, value_enum, default_value_t = Output::Human)]
    output: Output,
    /// Print results and errors only
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Print more of what happens
    #[arg(long, short, global = true)]
    verbose: bool,
    /// Answer every question with yes
    #[arg(long, short, global = true)]
    yes: bool,
    /// Give up waiting after this long (Kubernetes: without progress), such as 30s or 5m
    #[arg(long, global = true, value_name = "DURATION", value_parser = config::parse_duration)]
    timeout: Option<Duration>,
}

/// `--target`
#[derive(Debug, Clone, Copy, ValueEnum)]
enum TargetName {
    /// Child processes on this machine
    Local,
    /// Any Kubernetes that a kubeconfig reaches
    Kube,
    /// Kubernetes on machines that answer to ssh
    Ec2,
}

impl From<TargetName> for config::Target {
    fn from(name: TargetName) -> Self {
        match name {
            TargetName::Local => Self::Local,
            TargetName::Kube => Self::Kube,
            TargetName::Ec2 => Self::Ec2,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Take an empty machine to a shop that has sold something
    Up(up::Arguments),
    /// Bring a new release onto a Kubernetes that is there, and verify it
    Deploy(deploy::Arguments),
    /// Check the running shop, from the storefront to the database
    Verify(verify::Arguments),
    /// Say what runs and how it is
    Status(status::Arguments),
    /// Print the logs of the components
    Logs(logs::Arguments),
    /// Open the storefront in a browser
    Open(open::Arguments),
    /// Check what this machine needs to run a shop
    Doctor(doctor::Arguments),
    /// Stop the shop; its data stays unless asked
    Down(down::Arguments),
    /// Make machines a Kubernetes cluster, and take it away again
    #[command(subcommand)]
    Cluster(cluster::Arguments),
    /// Write the manifests of the shop for Kubernetes into a directory
    Render(render::Arguments),
    /// Make images of the services, without Docker, and send them to a registry
    #[command(subcommand)]
    Image(image::Arguments),
    /// Print the completions for a shell
    Completions(completions::Arguments),
    /// Print the annotated example of `shop.yaml`, or its JSON Schema
    Docs(docs::Arguments),
    /// Keep the components running (started by `up`)
    #[command(hide = true)]
    Supervise(supervise::Arguments),
    /// Become one component (started by the supervisor)
    #[command(hide = true)]
    Launch(launch::Arguments),
}

impl Verb {
    /// The name in JSON schemas.
    const fn name(&self) -> &'static str {
        match self {
            Self::Up(_) => "up",
            Self::Deploy(_) => "deploy",
            Self::Verify(_) => "verify",
            Self::Status(_) => "status",
            Self::Logs(_) => "logs",
            Self::Open(_) => "open",
            Self::Doctor(_) => "doctor",
            Self::Down(_) => "down",
            Self::Cluster(arguments) => arguments.name(),
            Self::Render(_) => "render",
            Self::Image(arguments) => arguments.name(),
            Self::Completions(_) => "completions",
            Self::Docs(_) => "docs",
            Self::Supervise(_) => "supervise",
            Self::Launch(_) => "launch",
        }
    }
}

/// Runs the verb and says how the call ends.
pub fn dispatch(Arguments { global, verb }: Arguments) -> Exit {
    let context = context(global, &verb);
    match verb {
        Verb::Up(arguments) => run(context, |context| up::run(context, arguments)),
        Verb::Deploy(arguments) => run(context, |context| deploy::run(context, arguments)),
        Verb::Verify(arguments) => run(context, |context| verify::run(context, arguments)),
        Verb::Status(arguments) => run(context, |context| status::run(context, arguments)),
        Verb::Logs(arguments) => run(context, |context| logs::run(context, arguments)),
        Verb::Open(arguments) => run(context, |context| open::run(context, arguments)),
        Verb::Doctor(arguments) => run(context, |context| doctor::run(context, arguments)),
        Verb::Down(arguments) => run(context, |context| down::run(context, arguments)),
        Verb::Cluster(arguments) => run(context, |context| cluster::run(context, arguments)),
        Verb::Render(arguments) => run(context, |context| render::run(context, arguments)),
        Verb::Image(arguments) => run(context, |context| image::run(context, arguments)),
        Verb::Completions(arguments) => run(context, |context| {
            completions::run(context, arguments, Arguments::command())
        }),
        Verb::Docs(arguments) => run(context, |context| docs::run(context, arguments)),
        Verb::Supervise(arguments) => run(context, |context| supervise::run(context, arguments)),
        Verb::Launch(arguments) => run(context, |context| launch::run(context, arguments)),
    }
}

fn context(global: Global, verb: &Verb) -> Context {
    let Global {
        config,
        target,
        context,
        data_dir,
        output,
        quiet,
        verbose,
        yes,
        timeout,
    } = global;
    let (port, attached) = match verb {
        Verb::Up(arguments) => (arguments.port, arguments.foreground),
        _ => (None, false),
    };
    let force_conflicts = match verb {
        Verb::Up(arguments) => arguments.force_conflicts,
        Verb::Deploy(arguments) => arguments.force_conflicts,
        _ => false,
    };
    let overrides = Overrides {
        config,
        target: target.map(config::Target::from),
        context,
        port,
        data_dir,
        timeout,
        attached,
        force_conflicts,
    };
    let mode = Mode {
        output,
        quiet,
        verbose,
    };
    Context::new(overrides, verb.name(), mode, yes)
}
