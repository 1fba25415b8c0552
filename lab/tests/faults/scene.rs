//! Where faults are made: shops on one cluster.

use std::process::Command;

use crate::kubectl;
use crate::operator::Operator;
use crate::waiting;

/// The label of everything that a fault makes in the cluster.
const MARK: &str = "shopmicro.test/fault";

/// Shops, and what they can be broken with.
pub struct Scene<'a> {
    /// Who has `shopctl`.
    pub operator: &'a Operator,
    /// Where the shops are.
    pub namespaces: &'a [&'a str],
}

impl Scene<'_> {
    /// The image that a service runs.
    pub fn image(&self, workload: &str) -> String {
        self.kubectl(&format!(
            "get {workload} -n {} -o jsonpath={{.spec.template.spec.containers[0].image}}",
            self.namespaces[0]
        ))
    }

    /// `kubectl`, and what it says.
    pub fn kubectl(&self, words: &str) -> String {
        kubectl::run(self.operator, words)
    }

    /// Makes objects that [`Scene::clear`] removes.
    pub fn apply(&self, manifest: &str) {
        kubectl::apply(self.operator, &manifest.replace("MARK", MARK));
    }

    /// Removes what was made of these kinds.
    pub fn clear(&self, kinds: &str) {
        for namespace in self.namespaces {
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
        let record = self.operator.lab.recorded().unwrap().unwrap();
        for number in record.hosts {
            self.on(&format!("host-{number}"), script);
        }
    }

    /// Runs it on one host, as root.
    pub fn on(&self, host: &str, script: &str) {
        let quoted = format!("sudo sh -euc '{script}'");
        self.operator.lab.ssh(host, &[&quoted]).unwrap();
    }

    /// `kubectl`, ready to be started.
    pub fn command(&self, words: &str) -> Command {
        kubectl::command(self.operator, words)
    }
}
