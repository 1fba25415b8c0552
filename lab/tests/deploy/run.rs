//! A program that has run.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::peak::Peak;

/// How it ended, and what it took.
pub struct Run {
    /// The exit code.
    pub code: i32,
    /// What it wrote to stdout.
    pub stdout: String,
    /// What it wrote to stderr.
    pub stderr: String,
    /// From its start to its end.
    pub took: Duration,
    /// The most memory that it had, in KiB.
    pub peak: u64,
}

impl Run {
    /// Runs the command to its end.
    pub fn of(mut command: Command) -> Self {
        let start = Instant::now();
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let peak = Peak::watch(child.id());
        let output = child.wait_with_output().unwrap();
        let took = start.elapsed();
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            took,
            peak: peak.kibibytes(),
        }
    }

    /// The same, which has succeeded.
    pub fn succeeded(self) -> Self {
        let Self {
            code,
            stdout,
            stderr,
            ..
        } = &self;
        assert_eq!(*code, 0, "{stdout}{stderr}");
        self
    }

    /// The document that `shopctl` has written.
    pub fn document(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_default()
    }

    /// The last line that it has written.
    pub fn last_line(&self) -> &str {
        let lines = self.stderr.trim().lines().chain(self.stdout.trim().lines());
        lines
            .filter(|line| !line.is_empty())
            .next_back()
            .unwrap_or_default()
    }
}
