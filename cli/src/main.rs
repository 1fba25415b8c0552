//! `shopctl` takes `ShopMicro` from nothing to verified and keeps it running.

mod args;
mod commands;
mod config;
mod exit;
mod failure;
mod plan;
mod platform;
mod report;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let arguments = match args::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return report::usage(&error).into(),
    };
    args::dispatch(arguments).into()
}
