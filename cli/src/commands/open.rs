//! `shopctl open`

use std::process::Stdio;

use clap::Args;
use tokio::process::Command;

use super::{Context, Outcome};
use crate::exit::Exit;
use crate::platform;

/// The arguments of `open`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Only print the address
    #[arg(long)]
    print: bool,
}

/// Prints the storefront's address and, where there is a desktop, opens it.
pub async fn run(context: Context, Arguments { print }: Arguments) -> Outcome {
    let config = context.config()?;
    let shop = platform::select(&config)?.shop().await?;
    context.printer.address(&shop.front_door);
    if !print {
        browse(&context, &shop.front_door).await;
    }
    Ok(Exit::Ok)
}

/// No browser is no failure: the address has been printed.
async fn browse(context: &Context, address: &str) {
    let mut command = Command::new("xdg-open");
    command
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if command.status().await.is_ok_and(|status| status.success()) {
        return;
    }
    context
        .printer
        .chat("no browser could be opened here; open that address yourself");
}
