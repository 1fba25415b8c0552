//! Parses the command line, runs the subcommand, sets the exit code.

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use ml_service::commands::evaluate;

/// Learns from orders what is bought together, and recommends it.
#[derive(Debug, Parser)]
#[command(name = "ml-service", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Evaluate(evaluate::EvaluateArgs),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Evaluate(args) => {
            evaluate::run(&args, &mut std::io::stdout().lock()).map_err(anyhow::Error::from)
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to be done where even this cannot be written.
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}
