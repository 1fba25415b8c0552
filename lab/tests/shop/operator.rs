//! An operator with a cluster: a home directory, a `shop.yaml` and a `shopctl`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use lab::{Lab, Network};
use serde_json::Value;

use crate::figures::Figures;

/// The first host carries the control plane and no shop; replicas are spread over the others.
const HOSTS: u8 = 3;

/// A lab of hosts that are a cluster, and a home directory of an operator.
pub struct Operator {
    /// The lab.
    pub lab: Lab,
    home: tempfile::TempDir,
    /// Where `shopctl` keeps what it knows of clusters.
    state: PathBuf,
    /// Whether somebody else has made the lab.
    is_guest: bool,
}

impl Operator {
    /// Boots a lab of its own, beside any other, and makes its hosts a cluster. `SHOPMICRO_LAB` names a lab that is up
    /// already and is left as it is.
    pub fn with_cluster(name: &str, network: Network, figures: &mut Figures) -> Self {
        let operator = match env::var("SHOPMICRO_LAB") {
            Ok(named) => Self::guest(&named),
            Err(_) => Self::boot(name, network, figures),
        };
        operator.set("");
        operator
    }

    fn guest(name: &str) -> Self {
        let lab = Lab::existing(name)
            .unwrap()
            .expect("SHOPMICRO_LAB names a lab");
        Self {
            state: lab.state_dir(),
            lab,
            home: tempfile::tempdir().unwrap(),
            is_guest: true,
        }
    }

    fn boot(name: &str, network: Network, figures: &mut Figures) -> Self {
        let lab = Lab::named(name, network).unwrap();
        lab.down().unwrap();
        figures.time("three bare hosts, mirror and registry", || {
            lab.up(HOSTS).unwrap();
        });
        let home = tempfile::tempdir().unwrap();
        let operator = Self {
            lab,
            state: home.path().join("state"),
            home,
            is_guest: false,
        };
        let inventory = operator.lab.inventory().to_string_lossy().into_owned();
        figures.time("bare hosts to a proven cluster of three", || {
            operator.shopctl(&["cluster", "up", "--inventory", &inventory])
        });
        operator
    }

    /// Removes the lab, unless it is somebody else's.
    pub fn close(self) {
        if !self.is_guest {
            self.lab.down().unwrap();
        }
    }

    /// The lab's registry.
    pub fn registry(&self) -> String {
        self.lab.registry()
    }

    /// The kubeconfig that `shopctl` keeps.
    pub fn kubeconfig(&self) -> PathBuf {
        self.state.join("clusters/shopmicro/kubeconfig")
    }

    /// Writes `shop.yaml`: what every site must say, and these lines besides.
    pub fn set(&self, lines: &str) {
        fs::write(self.home().join("shop.yaml"), self.text(lines)).unwrap();
    }

    /// A `shop.yaml` with what every site must say and these lines, one for each section.
    pub fn text(&self, lines: &str) -> String {
        let registry = self.registry();
        let images = |line: &str| {
            Some(
                line.strip_prefix("images: {")?
                    .strip_suffix('}')?
                    .to_owned(),
            )
        };
        let named = lines.lines().find_map(images);
        let named = named.map_or_else(String::new, |image| format!(", {image}"));
        let others = lines.lines().filter(|line| images(line).is_none());
        let mut text = format!(
            "target: kube\n\
             images: {{registry: \"{registry}/shopmicro\", plain_http: [\"{registry}\"], \
             mirrors: {{docker.io: \"{registry}/docker.io\"}}, \
             postgres: \"docker.io/library/postgres:15\", redis: \"docker.io/library/redis:7\"{named}}}\n"
        );
        for (section, line) in [
            ("postgres:", "postgres: {storage: {size: 1Gi}}"),
            ("redis:", "redis: {storage: {size: 256Mi}}"),
        ] {
            if !others.clone().any(|other| other.starts_with(section)) {
                text = format!("{text}{line}\n");
            }
        }
        others.fold(text, |text, line| format!("{text}{line}\n"))
    }

    /// `shopctl deploy`, and what it says.
    pub fn deploy(&self) -> Value {
        self.shopctl(&["deploy"])
    }

    /// Runs it and returns its one document.
    pub fn shopctl(&self, arguments: &[&str]) -> Value {
        self.shopctl_ends(0, arguments)
    }

    /// Runs it, which ends with that exit code, and returns its one document.
    pub fn shopctl_ends(&self, code: i32, arguments: &[&str]) -> Value {
        let output = self.command(arguments).output().unwrap();
        let said = said(&output);
        fs::write(self.lab.directory().join("last-shopctl.log"), &said).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"))
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
            .env("SHOPCTL_STATE_DIR", &self.state)
            .env("KUBECONFIG", self.kubeconfig());
        command
    }

    /// Asserts that there are checks and that none has failed. Nobody enforces network policies in a lab, which is a
    /// warning; and while one release follows another its small nodes have no room for a free choice of places.
    pub fn assert_all_checks_pass(document: &Value) {
        let verification = document.get("verification").unwrap_or(document);
        let checks = verification["checks"]
            .as_array()
            .unwrap_or_else(|| panic!("{document:#}"));
        assert!(!checks.is_empty(), "{document:#}");
        for check in checks {
            let may_warn =
                ["network-policies", "spread"].contains(&check["name"].as_str().unwrap());
            let warned = may_warn && check["verdict"] == "warned";
            assert!(check["verdict"] == "passed" || warned, "{check:#}");
        }
    }

    fn home(&self) -> &Path {
        self.home.path()
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
