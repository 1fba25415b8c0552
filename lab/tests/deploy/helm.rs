//! Helm, with the same manifests.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::chart;
use crate::kubectl;
use crate::operator::Operator;
use crate::run::Run;

/// The Secrets of the shop, which no manifest holds.
const SECRETS: [&str; 3] = [
    "postgres-credentials",
    "redis-credentials",
    "backend-tokens",
];

/// The workloads, with the part whose image each of them runs.
const PARTS: [(&str, &str); 5] = [
    ("backend", "deployment/backend"),
    ("frontend", "deployment/frontend"),
    ("ml-service", "deployment/ml-service-deployment"),
    ("postgres", "statefulset/postgres"),
    ("redis", "statefulset/redis"),
];

/// A `helm` and what it installs, all of it made from what `shopctl` has deployed.
pub struct Helm<'a> {
    operator: &'a Operator,
    program: PathBuf,
    charts: tempfile::TempDir,
    images: Vec<(String, String)>,
    secrets: Vec<Value>,
}

impl<'a> Helm<'a> {
    /// Deploys the shop once by `shopctl`: the images are in the registry and on the hosts from here on. What Helm cannot
    /// make is copied.
    pub fn new(operator: &'a Operator) -> Self {
        Run::of(operator.command(&["deploy"])).served();
        let image = |(part, workload): (&str, &str)| {
            let path = "jsonpath={.spec.template.spec.containers[0].image}";
            let image = kubectl::run(operator, &format!("get {workload} -n shopmicro -o {path}"));
            (part.to_owned(), image)
        };
        let secret = |name: &str| {
            let text = kubectl::run(operator, &format!("get secret {name} -n shopmicro -o json"));
            let secret: Value = serde_json::from_str(&text).unwrap();
            json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "data": secret["data"]})
        };
        Self {
            operator,
            program: lab::versions::helm().unwrap(),
            charts: tempfile::tempdir().unwrap(),
            images: PARTS.map(image).to_vec(),
            secrets: SECRETS.map(secret).to_vec(),
        }
    }

    /// Installs the shop as it is into a namespace.
    pub fn install(&self, namespace: &str) {
        self.chart(namespace, "");
        self.prepare(namespace);
        self.apply(namespace, 300).succeeded();
    }

    /// Makes the chart of that `shop.yaml` for a namespace, with a host of its own.
    pub fn chart(&self, namespace: &str, lines: &str) -> PathBuf {
        let directory = self.charts.path().join(namespace);
        let own =
            format!("kubernetes: {{namespace: {namespace}}}\nexpose: {{host: {namespace}.local}}");
        let others = lines
            .lines()
            .filter(|line| !line.starts_with("kubernetes:") && !line.starts_with("expose:"));
        let lines = others.fold(own, |text, line| format!("{text}\n{line}"));
        chart::make(self.operator, &directory, &lines, &self.images);
        directory
    }

    /// Makes the namespace and the Secrets in it, for a chart that was made. Helm applies everything at once: the Jobs fail
    /// until the database is there and has its schema, and would give up before. In the first release of a namespace they
    /// may try more often.
    pub fn prepare(&self, namespace: &str) {
        let chart = self.charts.path().join(namespace);
        for entry in fs::read_dir(chart.join("templates")).unwrap() {
            let file = entry.unwrap().path();
            let text = fs::read_to_string(&file).unwrap();
            fs::write(
                file,
                text.replace("backoffLimit: 2\n", "backoffLimit: 10\n"),
            )
            .unwrap();
        }
        kubectl::apply(
            self.operator,
            &fs::read_to_string(chart.join("namespace.yaml")).unwrap(),
        );
        for secret in &self.secrets {
            let mut secret = secret.clone();
            secret["metadata"]["namespace"] = json!(namespace);
            kubectl::apply(self.operator, &secret.to_string());
        }
    }

    /// Installs the chart of the namespace, or upgrades to it, and waits for everything.
    pub fn apply(&self, namespace: &str, seconds: u32) -> Run {
        let mut command = Command::new(&self.program);
        command
            .args(["upgrade", "--install", "shop"])
            .arg(self.charts.path().join(namespace))
            .args(["--namespace", namespace, "--wait", "--wait-for-jobs"])
            .args(["--timeout", &format!("{seconds}s")])
            .env("KUBECONFIG", self.operator.kubeconfig())
            .env("HELM_CACHE_HOME", self.charts.path().join("cache"))
            .env("HELM_CONFIG_HOME", self.charts.path().join("config"))
            .env("HELM_DATA_HOME", self.charts.path().join("data"));
        Run::of(command)
    }
}
