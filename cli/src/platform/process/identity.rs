//! Processes that are named by more than a number, because numbers are used again.

use procfs::process::Process;
use rustix::process::{Pid, PidfdFlags, pidfd_open, pidfd_send_signal};
use serde::{Deserialize, Serialize};

use crate::platform::process::signal::Signal;

/// A process for ever: its number and when it started, in clock ticks since the machine did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The process number.
    pub pid: i32,
    /// The start, in clock ticks since boot.
    pub start_time: u64,
}

impl Identity {
    /// The process that has the number now; none when there is no such process, or only its remains.
    pub fn of(pid: i32) -> Option<Self> {
        let stat = Process::new(pid).and_then(|process| process.stat()).ok()?;
        (stat.state != 'Z' && stat.state != 'X').then_some(Self {
            pid,
            start_time: stat.starttime,
        })
    }

    /// This process.
    pub fn own() -> Option<Self> {
        i32::try_from(std::process::id()).ok().and_then(Self::of)
    }

    /// Whether it still runs.
    pub fn lives(&self) -> bool {
        Self::of(self.pid).is_some_and(|now| now == *self)
    }

    /// Whether the process of that number was told to end for good and only waits for the disk to let it.
    pub fn is_dying(pid: i32) -> bool {
        const SIGKILL_BIT: u64 = 1 << 8;
        let status = Process::new(pid).and_then(|process| process.status());
        status.is_ok_and(|status| (status.sigpnd | status.shdpnd) & SIGKILL_BIT != 0)
    }

    /// Sends the signal to this very process; whether it was there to get it.
    pub fn signal(&self, signal: Signal) -> bool {
        let Some(pid) = Pid::from_raw(self.pid) else {
            return false;
        };
        // The descriptor is of one process; when that one turns out to be the right one, nothing can slip in between.
        let Ok(descriptor) = pidfd_open(pid, PidfdFlags::empty()) else {
            return false;
        };
        self.lives() && pidfd_send_signal(&descriptor, signal.into()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_living_process_is_itself() {
        let own = Identity::own().unwrap();
        assert!(own.lives());
    }

    #[test]
    fn a_recycled_number_is_somebody_else() {
        let mut stranger = Command::new("sleep").arg("60").spawn().unwrap();
        let pid = i32::try_from(stranger.id()).unwrap();
        let real = Identity::of(pid).unwrap();
        let stale = Identity {
            start_time: real.start_time - 1,
            ..real
        };
        assert!(!stale.lives());
        assert!(!stale.signal(Signal::Kill));
        assert_eq!(stranger.try_wait().unwrap(), None);
        assert!(real.signal(Signal::Kill));
        stranger.wait().unwrap();
        assert!(!real.lives());
    }
}
