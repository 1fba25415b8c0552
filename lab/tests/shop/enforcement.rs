//! A cluster whose network does what policies say.

use std::fs;

use serde_json::Value;

use crate::figures::Figures;
use crate::kubectl;
use crate::operator::Operator;

/// The shop lives with its policies: it sells, a release comes, and what must not be reached is not.
pub fn begins(operator: &Operator, figures: &mut Figures) {
    let engine = include_str!("kube-router.yaml");
    let engine = engine.replace("VERSION", &lab::versions::kube_router().unwrap());
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(&file, engine).unwrap();
    kubectl::run(operator, &format!("apply -f {}", file.path().display()));
    figures.time("somebody enforces network policies", || {
        kubectl::run(
            operator,
            "rollout status daemonset/kube-router -n kube-system --timeout=120s",
        )
    });
    assert_enforced(&operator.shopctl(&["verify"]));
    operator.set("backend: {cart_ttl: 5d}");
    let made = figures.time("a new release where policies are enforced", || {
        operator.deploy()
    });
    assert_enforced(&made);
}

/// Asserts that the check of the policies has passed, and not only warned.
fn assert_enforced(document: &Value) {
    Operator::assert_all_checks_pass(document);
    let verification = document.get("verification").unwrap_or(document);
    let checks = verification["checks"].as_array().unwrap();
    let policies = checks
        .iter()
        .find(|check| check["name"] == "network-policies");
    assert_eq!(policies.unwrap()["verdict"], "passed", "{document:#}");
}
