//! The commands of the handbook as they stand, each of them typed.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::kubectl;
use crate::operator::Operator;
use crate::waiting;

/// The services, by the names of their Deployments.
const DEPLOYMENTS: [&str; 3] = ["backend", "frontend", "ml-service-deployment"];

/// What looks, and what it finds.
pub fn looks(operator: &Operator) {
    for (words, expected) in [
        ("get pods -n shopmicro", "Running"),
        ("get svc frontend -n shopmicro", "frontend"),
        ("get hpa -n shopmicro", "ml-service-deployment"),
        (
            "get ingress shopmicro-ingress -n shopmicro",
            "shopmicro.local",
        ),
    ] {
        let said = kubectl::run(operator, words);
        assert!(said.contains(expected), "{words}: {said}");
    }
    watches_the_autoscalers(operator);
    // The lab's balancer publishes addresses; a name is published where a cloud gives one.
    let name = "get ingress shopmicro-ingress -n shopmicro -o jsonpath={.status.loadBalancer.ingress[0].hostname}";
    kubectl::run(operator, name);
    let address = name.replace("hostname", "ip");
    asks_for_health(&kubectl::run(operator, &address));
}

fn watches_the_autoscalers(operator: &Operator) {
    let mut watching = kubectl::command(operator, "get hpa -w -n shopmicro")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    let mut lines = BufReader::new(watching.stdout.take().unwrap());
    lines.read_line(&mut first).unwrap();
    watching.kill().unwrap();
    watching.wait().unwrap();
    assert!(first.contains("REPLICAS"), "{first}");
}

fn asks_for_health(ingress: &str) {
    let url = format!("http://{ingress}/api/health");
    // A store that was late once makes it `degraded` for a moment.
    waiting::until("the shop says that it is well", || {
        let asked = Command::new("curl")
            .args(["--silent", "--fail", "-H", "Host: shopmicro.local", &url])
            .output()
            .unwrap();
        let health: Value = serde_json::from_slice(&asked.stdout).unwrap_or_default();
        health["status"] == "ok"
    });
}

/// `kubectl rollout undo` of each service. What it has set is then somebody else's: the next release names it, and
/// takes it over where that is asked for.
pub fn undoes(operator: &Operator) {
    // Every service says more, so each of them has a revision to go back from.
    operator.set("log: debug");
    operator.deploy();
    for name in DEPLOYMENTS {
        kubectl::run(
            operator,
            &format!("rollout undo deployment/{name} -n shopmicro"),
        );
        kubectl::run(
            operator,
            &format!("rollout status deployment/{name} -n shopmicro --timeout=120s"),
        );
    }
    let verified = operator.shopctl(&["verify", "--only", "checkout"]);
    Operator::assert_all_checks_pass(&verified);

    let refused = operator.shopctl_ends(4, &["deploy"]).to_string();
    for name in DEPLOYMENTS {
        assert!(refused.contains(&format!("deployment/{name}")), "{refused}");
    }
    assert!(refused.contains("--force-conflicts"), "{refused}");
    let taken = operator.shopctl(&["deploy", "--force-conflicts"]);
    Operator::assert_all_checks_pass(&taken);
}
