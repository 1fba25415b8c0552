//! Where faults are made: the shop by `shopctl` and the one by Helm, on one cluster.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::helm::Helm;
use crate::kubectl;
use crate::operator::Operator;
use crate::waiting;

/// The namespaces of the two shops.
pub const NAMESPACES: [&str; 2] = ["shopmicro", "helm"];
/// Those of two shops that are not there yet.
pub const EMPTY: [&str; 2] = ["fresh", "fresh-helm"];

/// The label of everything that a fault makes in the cluster.
const MARK: &str = "shopmicro.test/fault";

/// Both shops, and what they can be broken with.
pub struct Scene<'a> {
    /// Who has `shopctl`.
    pub operator: &'a Operator,
    /// Who has Helm.
    pub helm: &'a Helm<'a>,
}

impl<'a> Scene<'a> {
    /// Deploys both shops, side by side.
    pub fn new(operator: &'a Operator, helm: &'a Helm<'a>) -> Self {
        let scene = Self { operator, helm };
        helm.chart(NAMESPACES[1], "");
        helm.prepare(NAMESPACES[1]);
        helm.apply(NAMESPACES[1], 300).succeeded();
        scene
    }

    /// `kubectl`, and what it says.
    pub fn kubectl(&self, words: &str) -> String {
        kubectl::run(self.operator, words)
    }

    /// Makes objects that [`Scene::clear`] removes.
    pub fn apply(&self, manifest: &str) {
        apply(self.operator, &manifest.replace("MARK", MARK));
    }

    /// Removes what was made of these kinds.
    pub fn clear(&self, kinds: &str) {
        for namespace in NAMESPACES {
            self.kubectl(&format!(
                "delete {kinds} -n {namespace} -l {MARK} --ignore-not-found"
            ));
        }
    }

    /// Waits until the API server takes pods of the part as they are, or until it refuses or changes them. A policy comes
    /// into force a moment after it is made, and nothing in the API says when.
    pub fn await_pods(&self, part: &str, as_they_are: bool) {
        let words = format!(
            "run probe --namespace default --dry-run=server --image=pause --output=yaml \
             --labels app.kubernetes.io/name={part}"
        );
        waiting::until("the API server has heard of the policy", || {
            let output = self.command(&words).output().unwrap();
            let pod = String::from_utf8_lossy(&output.stdout);
            let is_as_it_was = output.status.success() && !pod.contains("rewritten:");
            is_as_it_was == as_they_are
        });
    }

    /// Runs it on every host, as root.
    pub fn on_hosts(&self, script: &str) {
        for host in ["host-1", "host-2"] {
            self.on(host, script);
        }
    }

    /// Runs it on one host, as root.
    pub fn on(&self, host: &str, script: &str) {
        let quoted = format!("sudo sh -euc '{script}'");
        self.operator.lab.ssh(host, &[&quoted]).unwrap();
    }

    /// `kubectl`, ready to be started.
    pub fn command(&self, words: &str) -> Command {
        command(self.operator, words)
    }
}

/// Applies a manifest.
pub fn apply(operator: &Operator, manifest: &str) {
    let mut child = command(operator, "apply --server-side -f -")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(manifest.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{manifest}: {wrong}");
}

fn command(operator: &Operator, words: &str) -> Command {
    let mut command = Command::new(lab::versions::kubectl().unwrap());
    command
        .args(words.split(' '))
        .env("KUBECONFIG", operator.kubeconfig());
    command
}
