//! `shopctl supervise`

use clap::Args;

use super::{Context, Outcome};
use crate::exit::Exit;
use crate::platform::Error;
use crate::platform::local::{Layout, supervise};
use crate::platform::process::launcher::die_with;
use crate::platform::process::signal::Signal;

/// The arguments of `supervise`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// End when this parent ends
    #[arg(long, value_name = "PID")]
    attached_to: Option<i32>,
}

/// Keeps the components of the data directory running until it is told to end.
pub async fn run(context: Context, Arguments { attached_to }: Arguments) -> Outcome {
    let layout = Layout::new(context.config()?.data_dir);
    // It was started through a link that says `exe`; without a name it does its work as well.
    let _ = nix::sys::prctl::set_name(c"shopctl");
    let separated = match attached_to {
        Some(parent) => die_with(parent, Signal::Terminate),
        // A session of its own: what happens to the operator's terminal does not matter any more.
        None => nix::unistd::setsid().map(drop).map_err(Into::into),
    };
    separated.map_err(|source| Error::file("leave the session of", layout.root(), source))?;
    supervise(layout).await?;
    Ok(Exit::Ok)
}
