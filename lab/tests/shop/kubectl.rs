//! `kubectl`, as the handbook is typed.

use std::process::Command;

use crate::operator::Operator;

/// Runs the words and returns what they print.
pub fn run(operator: &Operator, words: &str) -> String {
    let program = lab::versions::kubectl().expect("the lab has built kubectl");
    let output = Command::new(program)
        .args(words.split(' '))
        .env("KUBECONFIG", operator.kubeconfig())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "kubectl {words}: {said}{wrong}");
    said
}
