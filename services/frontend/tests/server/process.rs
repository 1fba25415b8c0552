//! The real program as a child process.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

/// Longer than any healthy machine takes; only a broken program meets it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server. Killed on drop.
pub(crate) struct Process {
    child: Child,
    lines: Receiver<Value>,
    pub(crate) address: SocketAddr,
}

/// The program with an environment of its own.
pub(crate) fn command(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frontend"));
    command
        .arg("serve")
        .env_clear()
        .envs(variables.iter().copied());
    command
}

impl Process {
    /// Starts the program on a free port and waits until it serves.
    pub(crate) fn start(variables: &[(&str, &str)]) -> Self {
        let mut command = command(variables);
        let mut child = command
            .env("LISTEN", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let _ = sender.send(serde_json::from_str(&line).expect("a log line is not JSON"));
            }
        });
        let mut process = Self {
            child,
            lines,
            address: SocketAddr::from(([0, 0, 0, 0], 0)),
        };
        process.address = process.line("serving")["listen"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        process
    }

    /// Waits for a log line whose message starts so; earlier lines are dropped.
    pub(crate) fn line(&self, message: &str) -> Value {
        loop {
            let line = self
                .lines
                .recv_timeout(PATIENCE)
                .unwrap_or_else(|_| panic!("no line `{message}`"));
            if line["message"].as_str().unwrap().starts_with(message) {
                return line;
            }
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().try_into().unwrap()), signal).unwrap();
    }

    pub(crate) fn wait(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself, which is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
