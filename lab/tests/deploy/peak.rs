//! The most memory that a process has had.

use std::fs;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

/// How often the kernel is asked. It keeps the peak itself, so only what is new in the last moment is missed.
const INTERVAL: Duration = Duration::from_millis(20);

/// A process whose memory is watched.
pub struct Peak {
    /// Its end ends the watching.
    end: Sender<()>,
    watcher: JoinHandle<u64>,
}

impl Peak {
    /// Begins to watch the process.
    pub fn watch(pid: u32) -> Self {
        let (end, ended) = channel();
        let watcher = spawn(move || {
            let mut most = 0;
            loop {
                most = most.max(high_water(pid));
                if ended.recv_timeout(INTERVAL) != Err(RecvTimeoutError::Timeout) {
                    return most;
                }
            }
        });
        Self { end, watcher }
    }

    /// The most that it had, in KiB.
    pub fn kibibytes(self) -> u64 {
        drop(self.end);
        self.watcher.join().unwrap()
    }
}

/// Nothing when the process has ended.
fn high_water(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let words = line.unwrap_or_default();
    words.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}
