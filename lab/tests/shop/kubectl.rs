//! `kubectl`, as the handbook is typed.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::operator::Operator;

/// Runs the words and returns what they print.
pub fn run(operator: &Operator, words: &str) -> String {
    let output = command(operator, words).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "kubectl {words}: {said}{wrong}");
    said
}

/// The command, ready to be started.
pub fn command(operator: &Operator, words: &str) -> Command {
    let program = lab::versions::kubectl().expect("the lab has built kubectl");
    let mut command = Command::new(program);
    command
        .args(words.split(' '))
        .env("KUBECONFIG", operator.kubeconfig());
    command
}

/// Applies a manifest.
pub fn apply(operator: &Operator, manifest: &str) {
    let mut child = command(operator, "apply --server-side -f -")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(manifest.as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{manifest}: {wrong}");
}
