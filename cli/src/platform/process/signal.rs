//! The signals that `shopctl` sends.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a process is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signal {
    /// SIGINT: PostgreSQL ends its sessions and shuts down in order.
    Interrupt,
    /// SIGTERM: finish what is under way.
    Terminate,
    /// SIGKILL: end now.
    Kill,
    /// SIGHUP: read again what is to run.
    Hangup,
}

impl FromStr for Signal {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        [Self::Interrupt, Self::Terminate, Self::Kill, Self::Hangup]
            .into_iter()
            .find(|signal| signal.name() == name)
            .ok_or_else(|| format!("there is no signal `{name}`"))
    }
}

impl Signal {
    /// The name on the command line of `shopctl launch`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Interrupt => "interrupt",
            Self::Terminate => "terminate",
            Self::Kill => "kill",
            Self::Hangup => "hangup",
        }
    }
}

impl From<Signal> for nix::sys::signal::Signal {
    fn from(signal: Signal) -> Self {
        match signal {
            Signal::Interrupt => Self::SIGINT,
            Signal::Terminate => Self::SIGTERM,
            Signal::Kill => Self::SIGKILL,
            Signal::Hangup => Self::SIGHUP,
        }
    }
}

impl From<Signal> for rustix::process::Signal {
    fn from(signal: Signal) -> Self {
        match signal {
            Signal::Interrupt => Self::INT,
            Signal::Terminate => Self::TERM,
            Signal::Kill => Self::KILL,
            Signal::Hangup => Self::HUP,
        }
    }
}
