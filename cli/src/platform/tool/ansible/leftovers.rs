//! What a run that was killed has left on this machine: Ansible's workers lead groups of their own and finish their task.
//!
//! They are known by where they tell their events, which is in the environment of everything that a run starts and
//! names one cluster's directory. Whoever holds that cluster's lock may end them.

use std::path::Path;
use std::time::Duration;

use procfs::process::{Process, all_processes};
use tokio::time::{Instant, sleep};

use crate::platform::process::identity::Identity;
use crate::platform::process::signal::Signal;

/// The variable that tells the callback plugin where its events go.
pub const EVENTS: &str = "SHOPCTL_EVENTS";

/// How long they may take to end by themselves.
const PATIENCE: Duration = Duration::from_secs(3);

/// How often to look whether they have ended.
const INTERVAL: Duration = Duration::from_millis(20);

/// Ends whatever still runs for these events and comes back when none of it is left.
pub async fn end(events: &Path) {
    let mut left = find(events);
    for process in &left {
        process.signal(Signal::Terminate);
    }
    let deadline = Instant::now() + PATIENCE;
    while !left.is_empty() {
        if Instant::now() >= deadline {
            for process in &left {
                process.signal(Signal::Kill);
            }
        }
        sleep(INTERVAL).await;
        left = find(events);
    }
}

fn find(events: &Path) -> Vec<Identity> {
    let Ok(processes) = all_processes() else {
        return Vec::new();
    };
    processes
        .flatten()
        .filter(|process| tells(process, events))
        .filter_map(|process| Identity::of(process.pid))
        .collect()
}

/// Whether the process was started for these events; one whose environment cannot be read was not started by us.
fn tells(process: &Process, events: &Path) -> bool {
    let told = process.environ().ok();
    told.is_some_and(|variables| {
        variables
            .iter()
            .any(|(name, value)| name == EVENTS && Path::new(value) == events)
    })
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[tokio::test]
    async fn only_what_tells_these_events_is_ended() {
        let directory = tempfile::tempdir().unwrap();
        let start = |name: &str| {
            let mut command = Command::new("sleep");
            command.arg("60").env(EVENTS, directory.path().join(name));
            command.spawn().unwrap()
        };
        let (mut ours, mut others) = (start("ours"), start("others"));
        let waiter = std::thread::spawn(move || ours.wait().unwrap());
        end(&directory.path().join("ours")).await;
        assert!(!waiter.join().unwrap().success());
        assert!(others.try_wait().unwrap().is_none());
        others.kill().unwrap();
        others.wait().unwrap();
    }
}
