//! A pipeline that verifies with nothing but the rights of the Role `shopctl-verify`.

use std::fs;

use serde_json::{Value, json};

use crate::kubectl;
use crate::operator::Operator;

/// `shopctl verify` with a token of that `ServiceAccount`, as docs/kubernetes.md tells it.
pub fn verifies(operator: &Operator) {
    let token = kubectl::run(operator, "create token shopctl-verify -n shopmicro");
    let view = kubectl::run(operator, "config view --raw --minify -o json");
    let mut kubeconfig: Value = serde_json::from_str(&view).unwrap();
    kubeconfig["users"][0]["user"] = json!({ "token": token.trim() });
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("kubeconfig");
    fs::write(&path, kubeconfig.to_string()).unwrap();

    let mut command = operator.command(&["verify"]);
    let output = command.env("KUBECONFIG", &path).output().unwrap();
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{wrong}");
    Operator::assert_all_checks_pass(&serde_json::from_slice(&output.stdout).unwrap());

    let refused = operator
        .command(&["down", "--yes"])
        .env("KUBECONFIG", &path)
        .output()
        .unwrap();
    let wrong = String::from_utf8_lossy(&refused.stdout);
    assert!(
        !refused.status.success() && wrong.contains("forbidden"),
        "a pipeline may not take the shop away: {wrong}"
    );
}
