//! Who listens on a port.

use procfs::net::{TcpNetEntry, TcpState, tcp, tcp6};
use procfs::process::{FDTarget, Process, all_processes};

/// The program that listens on the port, for people.
pub fn describe(port: u16) -> String {
    let Some(inode) = listening_socket(port) else {
        return "another program".to_owned();
    };
    let holder = all_processes()
        .ok()
        .and_then(|processes| processes.flatten().find(|process| holds(process, inode)));
    match holder.and_then(|process| process.stat().ok()) {
        Some(stat) => format!("`{}`, process {}", stat.comm, stat.pid),
        None => "a program of another user".to_owned(),
    }
}

fn listening_socket(port: u16) -> Option<u64> {
    let listens =
        |entry: &TcpNetEntry| entry.state == TcpState::Listen && entry.local_address.port() == port;
    let entries = tcp()
        .unwrap_or_default()
        .into_iter()
        .chain(tcp6().unwrap_or_default());
    entries.into_iter().find(listens).map(|entry| entry.inode)
}

fn holds(process: &Process, inode: u64) -> bool {
    let Ok(descriptors) = process.fd() else {
        return false;
    };
    descriptors
        .flatten()
        .any(|descriptor| descriptor.target == FDTarget::Socket(inode))
}
