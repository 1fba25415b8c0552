//! An operator with a cluster: a home directory, a `shop.yaml` and a `shopctl`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use lab::{Lab, Network};
use serde_json::Value;

use crate::figures::Figures;

/// A lab of two hosts that are a cluster, and a home directory of an operator.
pub struct Operator {
    lab: Lab,
    home: tempfile::TempDir,
}

impl Operator {
    /// Boots a lab of its own, beside any other, and makes its hosts a cluster. `SHOPMICRO_LAB` names a lab that is up
    /// already and is left as it is.
    pub fn with_cluster(figures: &mut Figures) -> Self {
        let lab = Lab::named("shop", Network::new(79)).unwrap();
        lab.down().unwrap();
        figures.time("two bare hosts, mirror and registry", || lab.up(2).unwrap());
        let operator = Self {
            lab,
            home: tempfile::tempdir().unwrap(),
        };
        let inventory = operator.lab.inventory().to_string_lossy().into_owned();
        figures.time("bare hosts to a proven cluster of two", || {
            operator.shopctl(&["cluster", "up", "--inventory", &inventory])
        });
        operator.set("");
        operator
    }

    /// Removes the lab.
    pub fn close(self) {
        self.lab.down().unwrap();
    }

    /// The lab's registry.
    pub fn registry(&self) -> String {
        self.lab.registry()
    }

    /// The kubeconfig that `shopctl` keeps.
    pub fn kubeconfig(&self) -> PathBuf {
        self.home().join("state/clusters/shopmicro/kubeconfig")
    }

    /// Writes `shop.yaml`: what every site must say, and these lines besides.
    pub fn set(&self, lines: &str) {
        let registry = self.registry();
        let named = lines
            .strip_prefix("images: {")
            .and_then(|rest| rest.strip_suffix('}'));
        let (images, others) = match named {
            Some(image) => (format!(", {image}"), ""),
            None => (String::new(), lines),
        };
        let text = format!(
            "target: kube\n\
             images: {{registry: \"{registry}/shopmicro\", plain_http: [\"{registry}\"], \
             mirrors: {{docker.io: \"{registry}/docker.io\"}}, \
             postgres: \"docker.io/library/postgres:15\", redis: \"docker.io/library/redis:7\"{images}}}\n\
             postgres: {{storage: {{size: 1Gi}}}}\n\
             redis: {{storage: {{size: 256Mi}}}}\n\
             {others}\n"
        );
        fs::write(self.home().join("shop.yaml"), text).unwrap();
    }

    /// `shopctl deploy`, and what it says.
    pub fn deploy(&self) -> Value {
        self.shopctl(&["deploy"])
    }

    /// `shopctl deploy` that ends with that exit code, and what it says.
    pub fn deploy_fails(&self, code: i32) -> Value {
        let output = self.run(&["deploy"]);
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)))
    }

    /// Runs it and returns its one document.
    pub fn shopctl(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The command, ready to be started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let program = env::var_os("SHOPCTL_BIN").expect("SHOPCTL_BIN names the shopctl to test");
        let mut command = Command::new(program);
        command
            .args(arguments)
            .args(["--output", "json"])
            .current_dir(self.home())
            .env("HOME", self.home())
            .env("SHOPCTL_STATE_DIR", self.home().join("state"))
            .env("KUBECONFIG", self.kubeconfig());
        command
    }

    /// Asserts that there are checks and that none has failed. Nobody enforces network policies in a lab, which is a
    /// warning.
    pub fn assert_all_checks_pass(&self, document: &Value) {
        let verification = document.get("verification").unwrap_or(document);
        let checks = verification["checks"]
            .as_array()
            .unwrap_or_else(|| panic!("{document:#}"));
        assert!(!checks.is_empty(), "{document:#}");
        for check in checks {
            let warned = check["name"] == "network-policies" && check["verdict"] == "warned";
            assert!(check["verdict"] == "passed" || warned, "{check:#}");
        }
    }

    fn home(&self) -> &Path {
        self.home.path()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output().unwrap();
        let log = self.lab.directory().join("last-shopctl.log");
        fs::write(log, said(&output)).unwrap();
        output
    }
}

fn said(output: &Output) -> String {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    format!(
        "{}\n{}\n{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    )
}
