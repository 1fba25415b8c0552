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

    /// How long `shopctl` took until the release served, which it has done. What it verifies afterwards is not part of
    /// that, and a check that fails on a busy machine makes no difference.
    pub fn served(&self) -> Duration {
        let document = self.document();
        let milliseconds = |field: &str| document[field].as_u64();
        let verified = milliseconds("duration_ms").zip(milliseconds("serving_ms"));
        let Some((all, serving)) = verified else {
            panic!("exit {}: {}{}", self.code, self.stdout, self.stderr);
        };
        self.took
            .saturating_sub(Duration::from_millis(all - serving))
    }

    /// How it has ended, in its own last words.
    pub fn last_words(&self) -> String {
        let said = format!("{}\n{}", self.stdout.trim(), self.stderr.trim());
        let start = said.rfind("Error: ").unwrap_or(0);
        let lines: Vec<_> = said[start..].lines().collect();
        let last = &lines[if start > 0 { 0 } else { lines.len() - 1 }..];
        last.join("; ")
    }
}
