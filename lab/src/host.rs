//! One host: a systemd machine without a hypervisor.

use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::command::{program, run, succeeds};
use crate::launch::{Layers, launch};
use crate::network::Network;
use crate::place::Place;
use crate::{cgroup, key, wire};

/// The user that an operator logs in as.
pub const USER: &str = "operator";
/// A host answers after three to five seconds; two cores that are busy with something else make it slower.
const BOOT: Duration = Duration::from_secs(90);

/// A host of a lab.
#[derive(Debug)]
pub struct Host<'a> {
    place: &'a Place,
    network: Network,
    number: u8,
}

impl<'a> Host<'a> {
    /// The host with this number.
    pub fn new(place: &'a Place, network: Network, number: u8) -> Self {
        Self {
            place,
            network,
            number,
        }
    }

    /// Its name.
    pub fn name(&self) -> String {
        format!("host-{}", self.number)
    }

    /// Its address.
    pub fn address(&self) -> String {
        self.network.host(self.number)
    }

    /// Makes its disk: the root file system below, its own identity above.
    pub fn create(&self, root: &Path) -> Result<()> {
        let layers = self.layers(root);
        layers.create()?;
        // Layers cannot lie on layers, and containerd makes its own below /var/lib.
        let state = self.state();
        run(program("cp", ["--archive"])
            .arg(root.join("var/lib"))
            .arg(&state))?;
        let upper = layers.upper();
        let keys = upper.join("etc/ssh");
        fs::create_dir_all(&keys)?;
        let public = key::pair(&keys.join("ssh_host_ed25519_key"), &self.name())?;
        self.know(&public)?;
        let authorized = upper.join("etc/ssh/authorized_keys");
        fs::create_dir_all(&authorized)?;
        let operator = fs::read(self.place.join("id_ed25519.pub"))?;
        fs::write(authorized.join(USER), operator)?;
        let (name, address) = (self.name(), self.address());
        fs::write(upper.join("etc/hostname"), format!("{name}\n"))?;
        fs::write(
            upper.join("etc/hosts"),
            format!("127.0.0.1 localhost\n{address} {name}\n"),
        )?;
        // Nothing answers there, and it says so at once.
        let resolver = format!("nameserver {}\n", self.network.gateway());
        fs::write(upper.join("etc/resolv.conf"), resolver)?;
        let identity = fs::read_to_string("/proc/sys/kernel/random/uuid")?.replace('-', "");
        fs::write(upper.join("etc/machine-id"), identity)?;
        for directory in ["", "etc", "etc/ssh", "etc/ssh/authorized_keys"] {
            fs::set_permissions(upper.join(directory), fs::Permissions::from_mode(0o755))?;
        }
        Ok(())
    }

    /// Adds the host's key to those that the operator knows.
    fn know(&self, public: &str) -> Result<()> {
        let path = self.place.join("known_hosts");
        let known = fs::read_to_string(&path).unwrap_or_default();
        let line = format!("{} {}\n", self.address(), public.trim());
        if !known.contains(&line) {
            fs::write(path, known + &line)?;
        }
        Ok(())
    }

    /// Connects and starts it, without waiting for it.
    pub fn power_on(&self, root: &Path) -> Result<()> {
        wire::connect(self.place, self.network, self.number)?;
        let layers = self.layers(root);
        let program = machine(
            &self.name(),
            &self.place.device(self.number),
            &layers.root(),
            &self.state(),
        );
        let log = self.directory().join("console.log");
        launch(&self.group(), &layers, &log, &program)
    }

    /// Takes its power away: every process is killed and what the kernel held for it is gone.
    pub fn power_off(&self) -> Result<()> {
        let group = self.group();
        cgroup::destroy(|name| name == group)?;
        wire::disconnect(self.place, self.number)
    }

    /// Waits until an operator can log in.
    pub fn wait(&self) -> Result<()> {
        let deadline = Instant::now() + BOOT;
        while !(self.answers() && succeeds(&mut self.ssh(&["true"]))) {
            if Instant::now() > deadline {
                let log = self.directory().join("console.log");
                bail!(
                    "{} does not answer to ssh; its console is in {}",
                    self.name(),
                    log.display()
                );
            }
            sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    /// Whether its sshd listens.
    pub fn answers(&self) -> bool {
        let address = format!("{}:22", self.address());
        address.parse().is_ok_and(|address| {
            TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok()
        })
    }

    /// Whether it is switched on.
    pub fn is_on(&self) -> bool {
        cgroup::is_inhabited(&self.group())
    }

    /// `ssh` to the host as the operator.
    pub fn ssh(&self, command: &[&str]) -> Command {
        let mut ssh = program("ssh", options(self.place));
        ssh.arg("-i").arg(self.place.join("id_ed25519"));
        ssh.arg(format!("{USER}@{}", self.address())).args(command);
        ssh
    }

    fn group(&self) -> String {
        self.place.group(&self.name())
    }

    fn directory(&self) -> PathBuf {
        self.place.join(&self.name())
    }

    /// What is mounted at /var/lib.
    fn state(&self) -> PathBuf {
        self.directory().join("state")
    }

    fn layers(&self, root: &Path) -> Layers {
        Layers {
            lower: vec![root.to_owned()],
            directory: self.directory(),
        }
    }
}

/// The options of `ssh` that keep a lab's hosts apart from what the user knows.
pub fn options(place: &Place) -> Vec<String> {
    let known = place.join("known_hosts");
    [
        format!("UserKnownHostsFile={}", known.display()),
        "StrictHostKeyChecking=yes".to_owned(),
        "IdentitiesOnly=yes".to_owned(),
        "BatchMode=yes".to_owned(),
        "ConnectTimeout=5".to_owned(),
        "LogLevel=ERROR".to_owned(),
    ]
    .into_iter()
    .flat_map(|option| ["-o".to_owned(), option])
    .collect()
}

/// The container that is the machine.
fn machine(name: &str, namespace: &str, root: &Path, state: &Path) -> Command {
    let mut command = program(
        "systemd-nspawn",
        [
            "--register=no",
            "--keep-unit",
            "--quiet",
            "--boot",
            "--capability=all",
        ],
    );
    command
        // kubelet and containerd set kernel parameters.
        .env("SYSTEMD_NSPAWN_API_VFS_WRITABLE", "yes")
        .arg("--directory")
        .arg(root)
        .arg(format!("--machine={namespace}"))
        .arg(format!("--hostname={name}"))
        .arg(format!("--network-namespace-path=/run/netns/{namespace}"))
        .arg("--system-call-filter=bpf keyctl add_key")
        .args([
            "--resolv-conf=off",
            "--timezone=off",
            "--link-journal=no",
            "--console=read-only",
        ])
        .arg("--bind=/dev/kmsg")
        .arg(format!("--bind={}:/var/lib", state.display()));
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::line;

    #[test]
    fn a_machine_is_its_own_and_has_no_way_to_register_itself() {
        let machine = machine(
            "host-1",
            "shoplab1",
            Path::new("/lab/host-1/root"),
            Path::new("/lab/host-1/state"),
        );
        insta::assert_snapshot!(line(&machine).replace(" --", "\n--"));
    }

    #[test]
    fn ssh_knows_the_hosts_of_the_lab_and_no_others() {
        let place = Place::named("lab").unwrap();
        let host = Host::new(&place, Network::new(77), 2);
        let ssh = line(&host.ssh(&["uptime"]));
        assert!(ssh.contains("UserKnownHostsFile=/var/lib/shopmicro-lab/lab/known_hosts"));
        assert!(ssh.contains("StrictHostKeyChecking=yes"));
        assert!(
            ssh.ends_with("-i /var/lib/shopmicro-lab/lab/id_ed25519 operator@10.77.0.12 uptime")
        );
    }
}
