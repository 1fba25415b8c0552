//! Processes of the shop that nobody looks after: their supervisor was killed.
//!
//! They are known by what they run and where, not by a number that somebody wrote down: a number can belong to
//! another program by now, and what was started last may not have been written down yet.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::time::Duration;

use procfs::process::{Process, all_processes};
use tokio::time::{Instant, sleep};

use crate::platform::local::layout::Layout;
use crate::platform::process::identity::Identity;
use crate::platform::process::signal::Signal;

/// The programs of the stores. Debian's `redis-server` is a link to `redis-check-rdb`.
const STORES: [&str; 6] = [
    "postgres",
    "initdb",
    "redis-server",
    "redis-check-rdb",
    "valkey-server",
    "valkey-check-rdb",
];

/// How long they may take to end by themselves.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often to look whether they have ended.
const INTERVAL: Duration = Duration::from_millis(5);

/// A process that is left over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leftover {
    process: Identity,
    /// Whether it leads its group: the others end with it.
    leads: bool,
    /// What makes it end in order.
    signal: Signal,
}

/// All of them.
pub fn find(layout: &Layout) -> Vec<Leftover> {
    let Ok(processes) = all_processes() else {
        return Vec::new();
    };
    processes
        .flatten()
        .filter_map(|process| leftover(&process, layout))
        .collect()
}

/// Ends them and comes back when none is left.
pub async fn end(layout: &Layout) {
    let mut left = find(layout);
    for leftover in left.iter().filter(|leftover| leftover.leads) {
        leftover.process.signal(leftover.signal);
    }
    let deadline = Instant::now() + PATIENCE;
    while !left.is_empty() {
        if Instant::now() >= deadline {
            for leftover in &left {
                leftover.process.signal(Signal::Kill);
            }
        }
        sleep(INTERVAL).await;
        left = find(layout);
    }
}

fn leftover(process: &Process, layout: &Layout) -> Option<Leftover> {
    let program = process.exe().ok()?;
    let signal = if program.starts_with(layout.releases()) {
        Signal::Terminate
    } else {
        store_signal(&program, &process.cwd().ok()?, layout)?
    };
    let stat = process.stat().ok()?;
    if is_kept(stat.ppid) {
        return None;
    }
    let process = Identity {
        pid: stat.pid,
        start_time: stat.starttime,
    };
    (stat.state != 'Z').then_some(Leftover {
        process,
        leads: stat.pgrp == stat.pid,
        signal,
    })
}

/// Whether the parent is a `shopctl`: then it is a task of an operation that is under way. An orphan's parent is not.
fn is_kept(parent: i32) -> bool {
    let program = |process: Process| process.exe().ok()?.file_name().map(OsStr::to_owned);
    let own = Process::myself().ok().and_then(program);
    let name = Process::new(parent).ok().and_then(program);
    // The name of a program whose file was replaced has an end of its own.
    let plain = |name: OsString| {
        name.to_string_lossy()
            .trim_end_matches(" (deleted)")
            .to_owned()
    };
    own.is_some() && own.map(plain) == name.map(plain)
}

fn store_signal(program: &Path, place: &Path, layout: &Layout) -> Option<Signal> {
    let name = program.file_name()?.to_str()?;
    // The kernel says so of a program whose file was replaced by an upgrade.
    let name = name.strip_suffix(" (deleted)").unwrap_or(name);
    if !STORES.contains(&name) {
        return None;
    }
    if place.starts_with(layout.postgres()) {
        return Some(Signal::Interrupt);
    }
    place
        .starts_with(layout.redis())
        .then_some(Signal::Terminate)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;
    use std::thread;

    use super::*;

    /// Starts a copy of `sleep` under another name, which makes it another program. An orphan's parent has ended.
    fn sleeper(path: &Path, place: &Path, orphan: bool) -> Identity {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::create_dir_all(place).unwrap();
        fs::copy("/bin/sleep", path).unwrap();
        if !orphan {
            let mut child = Command::new(path)
                .arg("60")
                .current_dir(place)
                .spawn()
                .unwrap();
            let identity = Identity::of(child.id().try_into().unwrap()).unwrap();
            thread::spawn(move || child.wait());
            return identity;
        }
        let mut shell = Command::new("sh");
        shell
            .args(["-c", "\"$0\" 60 >/dev/null 2>&1 & echo $!"])
            .arg(path)
            .current_dir(place);
        let output = shell.process_group(0).output().unwrap();
        let pid = String::from_utf8(output.stdout)
            .unwrap()
            .trim()
            .parse()
            .unwrap();
        loop {
            // Until the shell's child has become the program.
            let process = Process::new(pid).unwrap();
            if process.exe().unwrap().as_path() == path {
                return Identity::of(pid).unwrap();
            }
        }
    }

    #[tokio::test]
    async fn only_what_belongs_to_this_shop_is_ended() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().canonicalize().unwrap();
        let layout = Layout::new(root.join("shop"));
        let service = sleeper(&layout.release("1-abc").join("bin/backend"), &root, true);
        let store = sleeper(&root.join("bin/redis-server"), &layout.redis(), true);
        let strangers = [
            sleeper(
                &root.join("bin/postgres"),
                &root.join("other/postgres"),
                true,
            ),
            sleeper(&root.join("bin/editor"), &layout.redis(), true),
            // A task of this process, as if an operation were under way.
            sleeper(&root.join("bin/initdb"), &layout.postgres(), false),
        ];
        assert_eq!(find(&layout).len(), 2);
        // They do not lead groups here, so they are told one by one.
        for leftover in find(&layout) {
            assert!(!leftover.leads);
            leftover.process.signal(leftover.signal);
        }
        end(&layout).await;
        assert!(!service.lives() && !store.lives());
        for stranger in strangers {
            assert!(stranger.lives());
            stranger.signal(Signal::Kill);
        }
    }
}
