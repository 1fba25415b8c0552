//! What an operator types to look, and what that changes: nothing.

use serde_json::Value;

use crate::kubectl;
use crate::operator::Operator;

/// `--dry-run` of a release that changes the backend, field by field.
pub fn at_a_release(operator: &Operator) {
    let before = generations(operator);
    let preview = operator.shopctl(&["deploy", "--dry-run"]);
    assert_eq!(preview["changes"], true, "{preview:#}");
    let objects = preview["objects"].as_array().unwrap();
    let backend = objects
        .iter()
        .find(|object| object["object"] == "deployment/backend")
        .unwrap_or_else(|| panic!("{preview:#}"));
    assert_eq!(backend["action"], "update", "{preview:#}");
    let fields = backend["fields"].as_array().unwrap();
    let ttl = |field: &Value| field["path"].as_str().unwrap().contains("CART_TTL");
    assert!(fields.iter().any(ttl), "{preview:#}");
    assert_eq!(
        generations(operator),
        before,
        "a dry run has changed something"
    );
}

/// `status`, `logs` and `open --print`.
pub fn at_what_runs(operator: &Operator) {
    let status = operator.shopctl(&["status"]);
    let components = status["components"].as_array().unwrap();
    assert!(components.len() >= 5, "{status:#}");
    assert!(
        components
            .iter()
            .all(|component| component["ready"] == true),
        "{status:#}"
    );

    // One document per line, and lines of both pods.
    let output = operator
        .command(&["logs", "backend", "-n", "20"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    let lines: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect();
    assert!(!lines.is_empty(), "the backend has said nothing");

    let opened = operator.shopctl(&["open", "--print"]).to_string();
    assert!(opened.contains("http://shopmicro.local"), "{opened}");
}

/// A class that nobody serves is found before anything is made.
pub fn at_a_class_that_is_missing(operator: &Operator) {
    operator.set("ingress: {class: nowhere}");
    let refused = operator.shopctl_ends(4, &["up"]).to_string();
    assert!(refused.contains("nowhere"), "{refused}");
    assert!(refused.contains("ingress.install"), "{refused}");
    operator.set("");
}

fn generations(operator: &Operator) -> String {
    kubectl::run(
        operator,
        "get deployments,statefulsets -n shopmicro -o jsonpath={.items[*].metadata.generation}",
    )
}
