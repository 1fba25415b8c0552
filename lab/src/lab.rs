//! A lab, as its users see it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::command::output;
use crate::host::Host;
use crate::inventory::{self, Release};
use crate::network::Network;
use crate::parts::Provision;
use crate::place::Place;
use crate::progress::{say, step};
use crate::record::{Phase, Record};
use crate::{admission, cgroup, key, service, versions, wire};

/// Hosts, a file mirror and a registry on a network of their own.
#[derive(Debug)]
pub struct Lab {
    place: Place,
    network: Network,
    kubernetes: Vec<String>,
}

impl Lab {
    /// The lab with this name. Nothing is made yet.
    pub fn named(name: &str, network: Network) -> Result<Self> {
        Ok(Self {
            place: Place::named(name)?,
            network,
            kubernetes: vec![versions::KUBERNETES.to_owned()],
        })
    }

    /// The lab of this name as it is recorded; nothing when there is none.
    pub fn existing(name: &str) -> Result<Option<Self>> {
        let place = Place::named(name)?;
        let record = Record::read(&place)?;
        Ok(record.map(
            |Record {
                 network,
                 kubernetes,
                 ..
             }| Self {
                place,
                network,
                kubernetes,
            },
        ))
    }

    /// Serves a further minor version of Kubernetes, `1.35` for example, beside the default one.
    pub fn with_kubernetes(mut self, minor: &str) -> Result<Self> {
        versions::minor_module(minor)?;
        if !self.kubernetes.iter().any(|known| known == minor) {
            self.kubernetes.push(minor.to_owned());
        }
        Ok(self)
    }

    /// Brings up at least this many hosts, the mirror and the registry. A lab that is up already is kept, and gets the
    /// hosts that it lacks; what a killed command left is removed first.
    pub fn up(&self, hosts: u8) -> Result<()> {
        admission::admit()?;
        let _lock = self.lock()?;
        if let Some(record) = self.running()? {
            say(&format!("{} is up already", self.place.name()));
            return self.grow(record, hosts);
        }
        admission::equip()?;
        let parts = Provision::make(&self.kubernetes)?;
        self.clear()?;
        let mut record = Record {
            network: self.network,
            hosts: (1..=hosts).collect(),
            kubernetes: self.kubernetes.clone(),
            host_root: parts.host.clone(),
            phase: Phase::Starting,
        };
        record.write(&self.place)?;
        key::pair(&self.place.join("id_ed25519"), "operator")?;
        wire::lay_bridge(&self.place, self.network)?;
        step(
            &format!("starting {hosts} hosts, the mirror and the registry"),
            || {
                for host in self.hosts(&record) {
                    host.create(&parts.host)?;
                    host.power_on(&parts.host)?;
                }
                service::start(&self.place, self.network, &parts)?;
                self.hosts(&record).try_for_each(|host| host.wait())
            },
        )?;
        self.write_inventory(&record)?;
        record.phase = Phase::Bare;
        record.write(&self.place)
    }

    /// Adds a host to a running lab and returns its name.
    pub fn add_host(&self) -> Result<String> {
        let _lock = self.lock()?;
        let mut record = self.record()?;
        let number = record.hosts.iter().max().map_or(1, |last| last + 1);
        self.grow_by(&mut record, number)?;
        Ok(self.host(number).name())
    }

    /// Takes a host's power away, as if its plug was pulled. Its disk stays.
    pub fn power_off(&self, host: &str) -> Result<()> {
        let _lock = self.lock()?;
        self.find(host)?.power_off()
    }

    /// Starts a host that was powered off, and waits until it answers.
    pub fn boot(&self, host: &str) -> Result<()> {
        let _lock = self.lock()?;
        let root = self.record()?.host_root;
        let host = self.find(host)?;
        if host.is_on() {
            return Ok(());
        }
        // What a killed command left of an earlier start.
        host.power_off()?;
        host.power_on(&root)?;
        host.wait()
    }

    /// Removes everything that the lab made on this machine, except what is in the cache.
    pub fn down(&self) -> Result<()> {
        admission::admit()?;
        let _lock = self.lock()?;
        self.clear()
    }

    /// Remembers that a cluster was proven on the hosts.
    pub fn carries_cluster(&self) -> Result<()> {
        let _lock = self.lock()?;
        let mut record = self.record()?;
        record.phase = Phase::Cluster;
        record.write(&self.place)
    }

    /// What is recorded of the lab; nothing when there is none.
    pub fn recorded(&self) -> Result<Option<Record>> {
        Record::read(&self.place)
    }

    /// The inventory of the hosts.
    pub fn inventory(&self) -> PathBuf {
        self.place.join("inventory.yaml")
    }

    /// The same inventory for another minor version of Kubernetes that the lab serves.
    pub fn inventory_of(&self, minor: &str) -> Result<PathBuf> {
        let record = self.record()?;
        if !record.kubernetes.iter().any(|served| served == minor) {
            bail!("{} does not serve Kubernetes {minor}", self.place.name());
        }
        let path = self.place.join(&format!("inventory-{minor}.yaml"));
        fs::write(&path, self.inventory_text(&record, minor)?)?;
        Ok(path)
    }

    /// The lab's directory, which `down` removes.
    pub fn directory(&self) -> &Path {
        self.place.directory()
    }

    /// Where `shopctl` keeps what it knows of the lab's cluster, apart from what the user has.
    pub fn state_dir(&self) -> PathBuf {
        self.place.join("shopctl")
    }

    /// The administrator's kubeconfig, which `shopctl` fetches.
    pub fn kubeconfig(&self) -> PathBuf {
        // The inventory leaves the cluster's name at its default.
        self.state_dir().join("clusters/shopmicro/kubeconfig")
    }

    /// The URL of the file mirror.
    pub fn mirror(&self) -> String {
        service::mirror_url(self.network)
    }

    /// The address of the registry, to which our own images are pushed as well.
    pub fn registry(&self) -> String {
        service::registry_address(self.network)
    }

    /// Whether the mirror and the registry listen.
    pub fn serves(&self) -> bool {
        service::answer(self.network)
    }

    /// Runs a command on a host as the operator, and returns what it wrote to stdout.
    pub fn ssh(&self, host: &str, command: &[&str]) -> Result<String> {
        output(&mut self.find(host)?.ssh(command))
    }

    /// `ssh` to a host, to be run by the caller.
    pub fn ssh_command(&self, host: &str, command: &[&str]) -> Result<Command> {
        Ok(self.find(host)?.ssh(command))
    }

    /// The hosts of a record.
    pub fn hosts(&self, record: &Record) -> impl Iterator<Item = Host<'_>> {
        record
            .hosts
            .iter()
            .map(|number| self.host(*number))
            .collect::<Vec<_>>()
            .into_iter()
    }

    fn host(&self, number: u8) -> Host<'_> {
        Host::new(&self.place, self.network, number)
    }

    fn find(&self, name: &str) -> Result<Host<'_>> {
        let record = self.record()?;
        self.hosts(&record)
            .find(|host| host.name() == name)
            .with_context(|| format!("the lab {} has no {name}", self.place.name()))
    }

    fn record(&self) -> Result<Record> {
        self.recorded()?.with_context(|| {
            format!(
                "there is no lab {}; `cargo xtask lab up` makes it",
                self.place.name()
            )
        })
    }

    /// The record of a lab that serves what is asked for and of which everything works.
    fn running(&self) -> Result<Option<Record>> {
        let Some(record) = self.recorded()? else {
            return Ok(None);
        };
        let serves = self
            .kubernetes
            .iter()
            .all(|minor| record.kubernetes.contains(minor));
        let works = record.phase != Phase::Starting
            && record.network == self.network
            && self.serves()
            && self
                .hosts(&record)
                .all(|host| host.is_on() && host.answers());
        Ok((serves && works).then_some(record))
    }

    fn grow(&self, mut record: Record, hosts: u8) -> Result<()> {
        while record.hosts.len() < usize::from(hosts) {
            let number = record.hosts.iter().max().map_or(1, |last| last + 1);
            self.grow_by(&mut record, number)?;
        }
        Ok(())
    }

    fn grow_by(&self, record: &mut Record, number: u8) -> Result<()> {
        let phase = record.phase;
        record.hosts.push(number);
        // Half a host would be a host that does not work, for which a lab is made anew.
        record.phase = Phase::Starting;
        record.write(&self.place)?;
        let host = self.host(number);
        step(&format!("starting {}", host.name()), || {
            host.create(&record.host_root)?;
            host.power_on(&record.host_root)?;
            host.wait()
        })?;
        self.write_inventory(record)?;
        record.phase = if phase == Phase::Cluster {
            Phase::Bare
        } else {
            phase
        };
        record.write(&self.place)
    }

    fn write_inventory(&self, record: &Record) -> Result<()> {
        let text = self.inventory_text(record, versions::KUBERNETES)?;
        let new = self.place.join("inventory.yaml.new");
        fs::write(&new, text)?;
        Ok(fs::rename(new, self.inventory())?)
    }

    fn inventory_text(&self, record: &Record, minor: &str) -> Result<String> {
        let release = Release {
            kubernetes: versions::kubernetes(minor)?,
            containerd: versions::containerd()?,
            runc: versions::runc()?,
            cni_plugins: versions::cni_plugins()?,
        };
        Ok(inventory::text(
            &self.place,
            self.network,
            &record.hosts,
            &release,
        ))
    }

    /// Removes whatever there is of the lab, known by its name alone. The record goes last.
    fn clear(&self) -> Result<()> {
        let network = self.recorded()?.map(|record| record.network);
        let groups = self.place.groups();
        cgroup::destroy(|name| name.starts_with(&groups))?;
        wire::remove_bridge(&self.place, network)?;
        self.place.remove()
    }

    /// One command on the lab at a time.
    fn lock(&self) -> Result<File> {
        let path = self.place.lock();
        let lock =
            File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
        if lock.try_lock().is_err() {
            say("waiting for another command on this lab to end …");
            lock.lock()?;
        }
        Ok(lock)
    }
}
