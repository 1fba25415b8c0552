//! Processes as the kernel knows them.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use procfs::process::{FDTarget, all_processes};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use serde_json::Value;

/// A process for ever: its number and when it started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// The process number.
    pub pid: i32,
    /// The start, in clock ticks since boot.
    pub start_time: u64,
    /// The command line, for messages.
    pub command: String,
}

impl Process {
    /// The process that has this number now.
    pub fn of(pid: i32) -> Option<Self> {
        let process = procfs::process::Process::new(pid).ok()?;
        let stat = process.stat().ok().filter(|stat| stat.state != 'Z')?;
        let command = process.cmdline().unwrap_or_default().join(" ");
        Some(Self {
            pid,
            start_time: stat.starttime,
            command,
        })
    }

    /// Every process whose program, arguments, environment or working directory name the place, this one excepted.
    pub fn naming(place: &Path) -> Vec<Self> {
        let own = i32::try_from(std::process::id()).unwrap();
        let processes = all_processes().unwrap().flatten();
        processes
            .filter(|process| process.pid != own && names(process, place))
            .filter_map(|process| Self::of(process.pid))
            .collect()
    }

    /// The supervisor and the children that a state file tells of, as far as they still run.
    pub fn recorded(state: &Path) -> Vec<Self> {
        let text = fs::read(state).unwrap_or_default();
        let state: Value = serde_json::from_slice(&text).unwrap_or_default();
        let children = state["components"].as_object().into_iter().flatten();
        let children = children.map(|(_, part)| &part["process"]);
        let identities = children.chain([&state["supervisor"]]);
        identities
            .filter_map(|identity| {
                let pid = i32::try_from(identity["pid"].as_i64()?).ok()?;
                let start_time = identity["start_time"].as_u64()?;
                Self::of(pid).filter(|process| process.start_time == start_time)
            })
            .collect()
    }

    /// Whether it still runs.
    pub fn lives(&self) -> bool {
        Self::of(self.pid).is_some_and(|now| now.start_time == self.start_time)
    }

    /// Ends it at once. One that has ended already is no error.
    pub fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// Sends a signal to this very process.
    pub fn signal(&self, signal: Signal) {
        let descriptor = pidfd_open(Pid::from_raw(self.pid).unwrap(), PidfdFlags::empty());
        // The descriptor is of one process; when that one is the right one, nothing can slip in between.
        if let Ok(descriptor) = descriptor
            && self.lives()
        {
            let _ = pidfd_send_signal(&descriptor, signal);
        }
    }

    /// Its arguments and its environment, as bytes.
    pub fn said(&self) -> Vec<u8> {
        let place = Path::new("/proc").join(self.pid.to_string());
        let mut said = fs::read(place.join("cmdline")).unwrap_or_default();
        said.extend(fs::read(place.join("environ")).unwrap_or_default());
        said
    }

    /// The addresses that it listens on.
    pub fn listens(&self) -> BTreeSet<SocketAddr> {
        let Ok(descriptors) =
            procfs::process::Process::new(self.pid).and_then(|process| process.fd())
        else {
            return BTreeSet::new();
        };
        let targets: Vec<_> = descriptors.flatten().map(|found| found.target).collect();
        let (four, six) = (procfs::net::tcp(), procfs::net::tcp6());
        four.into_iter()
            .chain(six)
            .flatten()
            .filter(|entry| entry.state == procfs::net::TcpState::Listen)
            .filter(|entry| targets.contains(&FDTarget::Socket(entry.inode)))
            .map(|entry| entry.local_address)
            .collect()
    }
}

fn names(process: &procfs::process::Process, place: &Path) -> bool {
    let contains = |text: &OsStr| {
        let place = place.as_os_str().as_bytes();
        text.as_bytes()
            .windows(place.len())
            .any(|part| part == place)
    };
    let paths = [process.exe(), process.cwd()];
    paths.iter().flatten().any(|path| path.starts_with(place))
        || process
            .cmdline()
            .is_ok_and(|words| words.iter().any(|word| contains(word.as_ref())))
        || process
            .environ()
            .is_ok_and(|variables| variables.values().any(|value| contains(value)))
}
