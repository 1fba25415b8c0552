//! `shopctl launch`: becomes a child that cannot outlive whoever started it.
//!
//! The death signal must be asked for inside the child, after it has given up its rights (the kernel forgets it
//! when the account changes). Doing this in a step of its own needs no code between fork and exec.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use nix::sys::prctl::set_pdeathsig;
use nix::unistd::{Gid, Uid, getppid, setgid, setgroups, setuid};

use crate::platform::process::account::Account;
use crate::platform::process::signal::Signal;

/// This very program, even when its file was replaced or removed since it started.
const OWN_PROGRAM: &str = "/proc/self/exe";

/// What the child is to become.
#[derive(Debug, Clone, Copy)]
pub struct Launch<'a> {
    /// The signal that it gets when its parent's thread ends.
    pub death_signal: Signal,
    /// Who it runs as; who its parent runs as when none.
    pub account: Option<&'a Account>,
    /// The program and its arguments.
    pub argv: &'a [String],
}

impl Launch<'_> {
    /// The command that starts it as the leader of a group of its own.
    ///
    /// The unit tests' program has no verb `launch`: there the program is started directly.
    pub fn command(&self) -> Command {
        let mut command = if cfg!(test) {
            self.direct()
        } else {
            self.launched()
        };
        command.process_group(0);
        command
    }

    fn launched(&self) -> Command {
        let mut command = Command::new(OWN_PROGRAM);
        command.arg("launch");
        command.args(["--parent", &std::process::id().to_string()]);
        command.args(["--death-signal", self.death_signal.name()]);
        if let Some(account) = self.account {
            command.args([
                "--uid",
                &account.uid.to_string(),
                "--gid",
                &account.gid.to_string(),
            ]);
        }
        command.arg("--").args(self.argv);
        command
    }

    fn direct(&self) -> Command {
        let mut words = self.argv.iter();
        let mut command = Command::new(words.next().map_or("", String::as_str));
        command.args(words);
        command
    }
}

/// What `shopctl launch` was told.
#[derive(Debug)]
pub struct Become {
    /// The process that must still be the parent.
    pub parent: i32,
    /// The signal to get when it ends.
    pub death_signal: Signal,
    /// The user to become.
    pub uid: Option<u32>,
    /// The group to become.
    pub gid: Option<u32>,
    /// The program and its arguments.
    pub argv: Vec<String>,
}

/// Replaces this process; comes back only with the reason why it could not.
pub fn launch(what: &Become) -> io::Error {
    if let Err(error) = prepare(what) {
        return error;
    }
    let Some((program, arguments)) = what.argv.split_first() else {
        return io::Error::new(io::ErrorKind::InvalidInput, "no program was named");
    };
    let error = Command::new(program).args(arguments).exec();
    io::Error::new(error.kind(), format!("cannot start `{program}`: {error}"))
}

/// Asks for the signal and makes sure that it was not too late to ask.
pub fn die_with(parent: i32, signal: Signal) -> io::Result<()> {
    set_pdeathsig(nix::sys::signal::Signal::from(signal))?;
    if getppid().as_raw() == parent {
        return Ok(());
    }
    Err(io::Error::other(
        "the process that started this one is gone",
    ))
}

fn prepare(what: &Become) -> io::Result<()> {
    if let Some(gid) = what.gid.map(Gid::from_raw) {
        setgroups(&[gid])?;
        setgid(gid)?;
    }
    if let Some(uid) = what.uid.map(Uid::from_raw) {
        setuid(uid)?;
    }
    die_with(what.parent, what.death_signal)
}
