//! One child process of the supervisor and its output.

use std::io;
use std::os::fd::OwnedFd;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal as UnixSignal, killpg};
use nix::unistd::Pid;
use time::OffsetDateTime;
use tokio::io::AsyncReadExt as _;
use tokio::net::unix::pipe::Receiver;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::log_file::LogFile;
use crate::platform::local::running::spec::Spec;
use crate::platform::process::identity::Identity;
use crate::platform::process::launcher::Launch;
use crate::platform::process::signal::Signal;

/// A line that is longer than this many bytes is cut into several.
const LONGEST_LINE: usize = 64 * 1024;

/// How long to wait for a dead child's last words.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// A component's log, shared by the child's reader and the supervisor.
pub type SharedLog = Arc<Mutex<LogFile>>;

/// A running child.
#[derive(Debug, Clone, Copy)]
pub struct Running {
    /// The process, which leads a group of its own.
    pub process: Identity,
    /// When it was started.
    pub started: Instant,
    /// When it was started, for people.
    pub since: OffsetDateTime,
}

impl Running {
    /// Sends the signal to the child, or to its whole group when it is to end now.
    pub fn signal(&self, signal: Signal) {
        if signal != Signal::Kill {
            self.process.signal(signal);
        } else if self.process.lives() {
            // As long as the child has not been waited for, its number names no other group.
            end_group(self.process.pid);
        }
    }
}

/// Starts the child. It must be called on a thread that lives as long as the supervisor: the children get their
/// death signal when the thread ends that has started them.
///
/// The future ends when the child has ended, nothing of its group is left and its last words are in the log.
pub fn start(
    spec: &Spec,
    log: &SharedLog,
) -> io::Result<(Running, impl Future<Output = Option<ExitStatus>> + use<>)> {
    let (reader, writer) = io::pipe()?;
    let mut command = command(spec);
    command.stdout(writer.try_clone()?).stderr(writer);
    let child = command.spawn()?;
    // The command holds the writing ends; the reader must see the end when the child is gone.
    drop(command);
    let pid = child
        .id()
        .and_then(|pid| i32::try_from(pid).ok())
        .unwrap_or_default();
    let process = Identity::of(pid).unwrap_or(Identity { pid, start_time: 0 });
    lock(log).forget();
    let reading = tokio::spawn(read(reader.into(), Arc::clone(log)));
    let running = Running {
        process,
        started: Instant::now(),
        since: OffsetDateTime::now_utc(),
    };
    Ok((running, end(child, pid, reading)))
}

/// The log, even if a thread has panicked while it held it.
pub fn lock(log: &SharedLog) -> std::sync::MutexGuard<'_, LogFile> {
    log.lock().unwrap_or_else(PoisonError::into_inner)
}

fn command(spec: &Spec) -> Command {
    let launch = Launch {
        death_signal: spec.death_signal,
        account: spec.account.as_ref(),
        argv: &spec.argv,
    };
    let mut command = Command::from(launch.command());
    command
        .env_clear()
        .envs(&spec.environment)
        .current_dir(&spec.directory);
    command.stdin(std::process::Stdio::null());
    command
}

async fn end(
    mut child: Child,
    pid: i32,
    reading: tokio::task::JoinHandle<()>,
) -> Option<ExitStatus> {
    let status = child.wait().await.ok();
    // What the child has started itself must not stay behind, nor hold the data when the next one starts.
    end_group(pid);
    let _ = timeout(LAST_WORDS, reading).await;
    status
}

fn end_group(pid: i32) {
    if pid > 0 {
        let _ = killpg(Pid::from_raw(pid), UnixSignal::SIGKILL);
    }
}

/// Reads until the last holder of the writing end is gone. It must never stop before: a full pipe stops the child.
async fn read(pipe: OwnedFd, log: SharedLog) {
    let Ok(mut pipe) = Receiver::from_owned_fd(pipe) else {
        return;
    };
    let mut buffer = Vec::with_capacity(16 * 1024);
    while matches!(pipe.read_buf(&mut buffer).await, Ok(length) if length > 0) {
        let used = write_whole_lines(&buffer, &log);
        buffer.drain(..used);
    }
    if !buffer.is_empty() {
        lock(&log).write(&[&buffer]);
    }
}

/// How many bytes of the buffer went into the log.
fn write_whole_lines(buffer: &[u8], log: &SharedLog) -> usize {
    let Some(end) = buffer.iter().rposition(|byte| *byte == b'\n') else {
        if buffer.len() < LONGEST_LINE {
            return 0;
        }
        lock(log).write(&[buffer]);
        return buffer.len();
    };
    let lines: Vec<_> = buffer[..end].split(|byte| *byte == b'\n').collect();
    lock(log).write(&lines);
    end + 1
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::plan::Component;
    use crate::platform::local::testing::spec;

    fn log(directory: &tempfile::TempDir) -> SharedLog {
        Arc::new(Mutex::new(LogFile::new(directory.path().join("child.log"))))
    }

    #[tokio::test]
    async fn both_outputs_go_to_the_log() {
        let directory = tempfile::tempdir().unwrap();
        let log = log(&directory);
        let script = "echo out; echo err >&2; printf 'no end'; exit 7";
        let (_, end) = start(&spec(Component::Backend, script, directory.path()), &log).unwrap();
        assert_eq!(end.await.unwrap().code(), Some(7));
        assert_eq!(lock(&log).last(), ["out", "err", "no end"]);
        assert_eq!(
            fs::read_to_string(directory.path().join("child.log"))
                .unwrap()
                .lines()
                .count(),
            3
        );
    }

    #[tokio::test]
    async fn a_line_without_end_does_not_grow_for_ever() {
        let directory = tempfile::tempdir().unwrap();
        let log = log(&directory);
        let script = "head -c 200000 /dev/zero | tr '\\0' x";
        let (_, end) = start(&spec(Component::Backend, script, directory.path()), &log).unwrap();
        end.await.unwrap();
        let text = fs::read_to_string(directory.path().join("child.log")).unwrap();
        assert!(text.lines().count() >= 3, "{}", text.lines().count());
        assert_eq!(text.matches('x').count(), 200_000);
    }

    #[tokio::test]
    async fn nothing_of_the_group_stays_behind() {
        let directory = tempfile::tempdir().unwrap();
        let log = log(&directory);
        let script = "sleep 60 & echo $!";
        let (_, end) = start(&spec(Component::Backend, script, directory.path()), &log).unwrap();
        end.await.unwrap();
        let left: i32 = lock(&log).last()[0].parse().unwrap();
        while Identity::of(left).is_some() {
            tokio::task::yield_now().await;
        }
    }
}
