//! The life of a lab: up, a host more, a host less for a while, down.

use std::fs::File;

use anyhow::{Context as _, Result};

use crate::lab::Lab;
use crate::parts::Provision;
use crate::progress::{say, step};
use crate::record::{Phase, Record};
use crate::{admission, cgroup, key, service, wire};

impl Lab {
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
        admission::afford(hosts.into())?;
        self.start(hosts, &parts)
    }

    /// Makes everything that the lab consists of and that is not in the cache, and starts nothing.
    pub fn build(&self) -> Result<()> {
        admission::admit()?;
        admission::equip()?;
        Provision::make(&self.kubernetes).map(drop)
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

    /// Makes the lab where there is none.
    fn start(&self, hosts: u8, parts: &Provision) -> Result<()> {
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
        let what = format!("starting {hosts} hosts, the mirror and the registry");
        step(&what, || {
            for host in self.hosts(&record) {
                host.create(&parts.host)?;
                host.power_on(&parts.host)?;
            }
            service::start(&self.place, self.network, parts)?;
            self.hosts(&record).try_for_each(|host| host.wait())
        })?;
        self.write_inventory(&record)?;
        record.phase = Phase::Bare;
        record.write(&self.place)
    }

    fn grow(&self, mut record: Record, hosts: u8) -> Result<()> {
        while record.hosts.len() < usize::from(hosts) {
            let number = record.hosts.iter().max().map_or(1, |last| last + 1);
            self.grow_by(&mut record, number)?;
        }
        Ok(())
    }

    fn grow_by(&self, record: &mut Record, number: u8) -> Result<()> {
        admission::afford(1)?;
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
