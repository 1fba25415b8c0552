//! A server process that cannot outlive the tests.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::{account, directory, program};

/// A loaded machine may take long; a server that is not ready by then never will be.
const START_TIMEOUT: Duration = Duration::from_mins(1);

/// Runs the server and waits for the end of standard input, which comes when the test process drops it, ends or is
/// killed. Only a process of its own can do that for `kill -9`. The word `keep` keeps the data for another start.
///
/// The signal is repeated because a server that has just started may not listen to it yet. The guard closes its own
/// output, so that the output ends when the server does.
const GUARD: &str = r#"
signal=$1; directory=$2; shift 2
"$@" </dev/null 2>&1 &
server=$!
exec >/dev/null
word=
read -r word
while kill -s "$signal" "$server" 2>/dev/null; do sleep 0.2; done &
wait "$server"
[ "$word" = keep ] || rm -rf "$directory"
"#;

/// Attempts to start on a free port, since others look for free ports too.
const ATTEMPTS: u32 = 5;

/// How to run a server.
pub(super) struct Launch<'a> {
    /// Name of the signal that makes the server stop quickly and cleanly.
    pub(super) stop_signal: &'static str,
    /// The server's directory, removed at the end.
    pub(super) directory: &'a Path,
    /// The server's program and arguments.
    pub(super) argv: Vec<String>,
    /// The part of a log line by which the server says that it is ready.
    pub(super) ready: &'static str,
}

/// A running server.
pub(super) struct Server {
    guard: Child,
    lifeline: Option<ChildStdin>,
}

impl Server {
    /// Starts the server and waits until it says that it is ready. The error holds its log lines.
    pub(super) fn start(launch: &Launch<'_>) -> Result<Self, String> {
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", GUARD, "guard", launch.stop_signal])
            .arg(launch.directory)
            .args(&launch.argv);
        account::apply(&mut command);
        let mut guard = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .env("LC_ALL", "C")
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", launch.argv[0]))?;
        let lifeline = guard.stdin.take();
        let lines = read_lines(&mut guard);
        let server = Self { guard, lifeline };
        await_line(&lines, launch.ready)?;
        Ok(server)
    }

    /// Stops the server and keeps its data.
    pub(super) fn stop_and_keep(mut self) {
        if let Some(mut lifeline) = self.lifeline.take() {
            let _ = lifeline.write_all(b"keep\n");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        let _ = self.guard.wait();
    }
}

/// Starts a server in a directory of its own on a port that nobody uses. Panics, with the server's log, if it cannot.
pub(super) fn on_free_port(
    prefix: &str,
    launch: impl Fn(&Path, u16) -> Result<Server, String>,
) -> (Server, PathBuf, u16) {
    let mut failure = String::new();
    for _ in 0..ATTEMPTS {
        let directory = directory::create(prefix).expect("cannot make a directory");
        let port = program::free_port().expect("no free port");
        match launch(&directory, port) {
            Ok(server) => return (server, directory, port),
            Err(error) => failure = error,
        }
        // Without a guard, which would have done it, there may be nobody else to remove it.
        let _ = std::fs::remove_dir_all(directory);
    }
    panic!("{failure}");
}

/// Passes the server's lines on until nobody listens, and then goes on reading so that the server never blocks.
fn read_lines(guard: &mut Child) -> Receiver<String> {
    let (sender, receiver) = channel();
    if let Some(output) = guard.stdout.take() {
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
    }
    receiver
}

fn await_line(lines: &Receiver<String>, ready: &str) -> Result<(), String> {
    let deadline = Instant::now() + START_TIMEOUT;
    let mut seen = Vec::new();
    loop {
        match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) if line.contains(ready) => return Ok(()),
            Ok(line) => seen.push(line),
            Err(_) => {
                return Err(format!(
                    "the server did not get ready:\n{}",
                    seen.join("\n")
                ));
            }
        }
    }
}
