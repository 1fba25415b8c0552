//! A lab, as its users see it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::command::output;
use crate::host::Host;
use crate::inventory::{self, Release};
use crate::network::Network;
use crate::place::Place;
use crate::record::Record;
use crate::{service, versions};

/// Hosts, a file mirror and a registry on a network of their own.
#[derive(Debug)]
pub struct Lab {
    pub(crate) place: Place,
    pub(crate) network: Network,
    pub(crate) kubernetes: Vec<String>,
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

    pub(crate) fn host(&self, number: u8) -> Host<'_> {
        Host::new(&self.place, self.network, number)
    }

    pub(crate) fn find(&self, name: &str) -> Result<Host<'_>> {
        let record = self.record()?;
        self.hosts(&record)
            .find(|host| host.name() == name)
            .with_context(|| format!("the lab {} has no {name}", self.place.name()))
    }

    pub(crate) fn record(&self) -> Result<Record> {
        self.recorded()?.with_context(|| {
            format!(
                "there is no lab {}; `cargo xtask lab up` makes it",
                self.place.name()
            )
        })
    }

    pub(crate) fn write_inventory(&self, record: &Record) -> Result<()> {
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
}
