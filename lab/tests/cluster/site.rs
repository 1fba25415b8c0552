//! A lab, and an operator's `shopctl` beside it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use lab::{Lab, Network};
use serde_json::Value;

use crate::figures::Figures;
use crate::traces::Traces;

/// The version that the upgrade starts from.
const OLDER: &str = lab::versions::KUBERNETES_BEFORE;

/// A lab of two bare hosts, and a home directory of an operator.
pub struct Site {
    lab: Lab,
    home: tempfile::TempDir,
    upgrades: bool,
    traces: Traces,
}

impl Site {
    /// Boots a lab of its own, beside any other. Where the older Kubernetes is not built yet, or
    /// `SHOPMICRO_LAB_UPGRADE=0` says so, the upgrade is to the same version, which is said; `SHOPMICRO_LAB_UPGRADE=1`
    /// has it built.
    pub fn open(figures: &mut Figures) -> Self {
        let upgrades = match env::var("SHOPMICRO_LAB_UPGRADE").as_deref() {
            Ok("0") => false,
            Ok("1") => true,
            _ => lab::versions::is_built(OLDER).unwrap(),
        };
        let mut lab = Lab::named("e2e", Network::new(78)).unwrap();
        if upgrades {
            lab = lab.with_kubernetes(OLDER).unwrap();
        } else {
            println!(
                "cluster: Kubernetes {OLDER} is left out, so the upgrade goes to the version that runs already; \
                 SHOPMICRO_LAB_UPGRADE=1 builds it"
            );
        }
        lab.down().unwrap();
        let traces = Traces::before();
        figures.time("two bare hosts, mirror and registry", || lab.up(2).unwrap());
        Self {
            lab,
            home: tempfile::tempdir().unwrap(),
            upgrades,
            traces,
        }
    }

    /// Removes the lab and asserts that nothing of it is left on this machine.
    pub fn close(self) {
        self.lab.down().unwrap();
        self.traces.assert_same();
    }

    /// The lab.
    pub const fn lab(&self) -> &Lab {
        &self.lab
    }

    /// The operator's home directory.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Whether the cluster begins with the older version.
    pub const fn upgrades(&self) -> bool {
        self.upgrades
    }

    /// The version that the cluster begins with.
    pub const fn first_version(&self) -> &'static str {
        if self.upgrades {
            OLDER
        } else {
            lab::versions::KUBERNETES
        }
    }

    /// The inventory with that version.
    pub fn inventory(&self) -> String {
        let path = self.lab.inventory_of(self.first_version()).unwrap();
        path.to_string_lossy().into_owned()
    }

    /// The inventory with the version to upgrade to.
    pub fn newer_inventory(&self) -> String {
        self.lab.inventory().to_string_lossy().into_owned()
    }

    /// The kubeconfig that `shopctl` keeps.
    pub fn kubeconfig(&self) -> PathBuf {
        self.home().join("state/clusters/shopmicro/kubeconfig")
    }

    /// `shopctl cluster up`, and what it says.
    pub fn up(&self) -> Value {
        self.shopctl(&["cluster", "up", "--inventory", &self.inventory()])
    }

    /// Runs it and returns its one document.
    pub fn shopctl(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Runs it to that exit code and returns all that it says.
    pub fn shopctl_fails(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}: {}",
            said(&output)
        );
        said(&output)
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
            .env_remove("KUBECONFIG");
        command
    }

    /// Asserts that there are checks and that every one has passed.
    pub fn assert_all_checks_pass(document: &Value) {
        let verification = document.get("verification").unwrap_or(document);
        let checks = verification["checks"]
            .as_array()
            .unwrap_or_else(|| panic!("{document:#}"));
        assert!(!checks.is_empty(), "{document:#}");
        for check in checks {
            assert_eq!(check["verdict"], "passed", "{check:#}");
        }
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
