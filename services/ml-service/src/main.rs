//! Parses the command line and runs the subcommand.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use ml_service::commands::{evaluate, serve, train};

/// Learns from orders what is bought together, and recommends it.
#[derive(Debug, Parser)]
#[command(name = "ml-service", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::ServeArgs),
    Train(train::TrainArgs),
    Evaluate(evaluate::EvaluateArgs),
}

fn main() -> ExitCode {
    kit::start::run(|arguments: Arguments| async move {
        match arguments.command {
            Command::Serve(args) => serve::run(args).await,
            Command::Train(args) => train::run(&args, &mut std::io::stdout()).await,
            Command::Evaluate(args) => Ok(evaluate::run(&args, &mut std::io::stdout())?),
        }
    })
}
