//! `shopctl open`

use std::process::Stdio;

use clap::Args;
use tokio::process::Command;

use super::interrupt::interrupted;
use super::{Context, Outcome};
use crate::config::Target;
use crate::exit::Exit;
use crate::platform::{self, kube::Kube};

/// The arguments of `open`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Only print the address; fails where the cluster publishes none, since a way in from here lasts only as long as
    /// `shopctl open` does
    #[arg(long)]
    print: bool,
}

/// Prints the storefront's address and, where there is a desktop, opens it.
pub async fn run(context: Context, Arguments { print }: Arguments) -> Outcome {
    let config = context.config()?;
    if config.target != Target::Local {
        return in_cluster(&context, &Kube::new(&config), print).await;
    }
    let shop = platform::select(&config).shop().await?;
    context.printer.address(&shop.front_door);
    if !print {
        browse(&context, &shop.front_door).await;
    }
    Ok(Exit::Ok)
}

/// The same for a shop in a cluster, which may need a way in from here as long as somebody looks.
async fn in_cluster(context: &Context, kube: &Kube, print: bool) -> Outcome {
    let opened = kube.open().await?;
    if print && opened.held.is_some() {
        return Err(unpublished().into());
    }
    context.printer.address(&opened.url);
    if let Some(line) = &opened.hosts_line {
        context.printer.chat(&format!(
            "this machine does not know the name; add `{line}` to /etc/hosts"
        ));
    }
    if !print {
        browse(context, &opened.url).await;
    }
    if opened.held.is_some() {
        context.printer.chat("open until Ctrl-C");
        interrupted().await;
    }
    Ok(Exit::Ok)
}

/// There is no address that would still be one when this call is over.
fn unpublished() -> platform::Error {
    platform::Error::Prerequisite {
        what: "the cluster publishes no address of the shop".to_owned(),
        cure: "run `shopctl open`, which leads in from here until Ctrl-C".to_owned(),
    }
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
