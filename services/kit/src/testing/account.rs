//! The account that test servers run under.

use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::unistd::{Gid, Uid, User};

/// Accounts that own no files of value, in the order of preference.
const ACCOUNTS: [&str; 2] = ["postgres", "nobody"];

/// PostgreSQL refuses to run as root: for root this is an unprivileged account, for everybody else nothing.
pub(super) fn unprivileged() -> Option<(Uid, Gid)> {
    if !Uid::effective().is_root() {
        return None;
    }
    let user = ACCOUNTS
        .iter()
        .find_map(|name| User::from_name(name).ok().flatten());
    user.map(|user| (user.uid, user.gid))
}

/// Lets the command run under that account, in a process group of its own, where Ctrl-C in the terminal does not reach
/// it before its guard can clean up.
pub(super) fn apply(command: &mut Command) {
    command.process_group(0).current_dir("/");
    if let Some((user, group)) = unprivileged() {
        command.uid(user.as_raw()).gid(group.as_raw());
    }
}
