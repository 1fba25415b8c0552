//! An `ansible-playbook` that tells what a test wants it to tell.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use crate::shopctl::{Ended, Shopctl};

/// An inventory of two hosts, as Ansible prints it.
const INVENTORY: &str = r#"{
"_meta": {"hostvars": {"host-1": {"cluster_name": "test"}, "host-2": {}}},
"control_plane": {"hosts": ["host-1"]},
"worker": {"hosts": ["host-2"]}
}"#;

/// What every pretended playbook begins with: it writes its words down, and `tell` tells an event.
const PROLOGUE: &str = r#"#!/bin/sh
here=$(dirname "$0")
printf '%s\n' "$@" > "$here/argv"
tell() { printf '%s\n' "$1" > "$SHOPCTL_EVENTS"; }
extra=$(cat "$here/../state/clusters/test/extra-vars.json")
kubeconfig=$(printf '%s' "$extra" | sed -n 's/.*"kubeconfig_destination":"\([^"]*\)".*/\1/p')
"#;

/// A kubeconfig of a cluster that does not answer, as a playbook fetches it.
pub const KUBECONFIG: &str = "apiVersion: v1
kind: Config
current-context: admin@kubernetes
clusters:
- name: kubernetes
  cluster: {server: 'http://127.0.0.1:1'}
contexts:
- name: admin@kubernetes
  context: {cluster: kubernetes, user: admin}
users:
- name: admin
  user: {token: secret}
";

/// A `shopctl` beside an Ansible that only pretends.
#[derive(Debug)]
pub struct Site {
    /// Runs in the directory of both.
    pub shopctl: Shopctl,
}

impl Site {
    /// An Ansible whose playbooks do what the shell script says.
    pub fn new(playbook: &str) -> Self {
        let site = Self {
            shopctl: Shopctl::new(),
        };
        site.shopctl.write("hosts.yaml", "all: {}\n");
        fs::create_dir(site.file("bin")).unwrap();
        let inventory = format!("#!/bin/sh\ncat <<'EOF'\n{INVENTORY}\nEOF\n");
        site.program("ansible-inventory", &inventory);
        site.play(playbook);
        site
    }

    /// From now on playbooks do something else.
    pub fn play(&self, playbook: &str) {
        self.program("ansible-playbook", &format!("{PROLOGUE}{playbook}\n"));
    }

    fn program(&self, name: &str, text: &str) {
        let path = self.file("bin").join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A file below the directory.
    pub fn file(&self, name: &str) -> PathBuf {
        self.shopctl.directory().join(name)
    }

    /// What a file below the directory says; nothing when it is not there.
    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap_or_default()
    }

    /// The command with these arguments.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.shopctl.command(arguments);
        let path = std::env::var("PATH").unwrap();
        command.env("PATH", format!("{}:{path}", self.file("bin").display()));
        command
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        let output = self.command(arguments).output().unwrap();
        Ended::from(&output, self.shopctl.directory())
    }
}

/// The snapshot without what differs from run to run.
pub fn steady(ended: &Ended) -> String {
    let text = ended.snapshot();
    let mut steady = String::new();
    for line in text.lines() {
        let line = match (line.rfind(" ("), line.ends_with(" s)")) {
            (Some(start), true) => format!("{} (TIME)", &line[..start]),
            _ => line.to_owned(),
        };
        steady.push_str(&without_hash(&line));
        steady.push('\n');
    }
    steady
}

/// The directory of the playbooks is named by their content.
fn without_hash(line: &str) -> String {
    let parts = line.split("state/ansible/");
    let without = parts.enumerate().map(|(place, part)| match place {
        0 => part.to_owned(),
        _ => format!(
            "HASH{}",
            part.trim_start_matches(|c: char| c.is_ascii_hexdigit())
        ),
    });
    without.collect::<Vec<_>>().join("state/ansible/")
}
