//! Developer tasks: `cargo xtask test` proves the repository, `cargo xtask bench` measures it, `cargo xtask lab`
//! makes real hosts for it.

mod bench;
mod command;
mod lab;
mod repository;
mod shop;
mod test;
mod tools;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Developer tasks of this repository.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Run every test there is, or some stages of them
    Test(test::Arguments),
    /// Measure what the README states
    Bench(bench::Arguments),
    /// Real hosts, and a cluster on them, on this machine
    Lab(lab::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Test(arguments) => test::run(&arguments),
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Lab(arguments) => lab::run(&arguments),
    };
    result.unwrap_or_else(|error| {
        // A closed stderr must not hide the exit code.
        let _ = writeln!(io::stderr(), "error: {error:#}");
        ExitCode::FAILURE
    })
}
