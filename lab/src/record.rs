//! What a lab remembers of itself. It is written before anything that it names is made.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::network::Network;
use crate::place::Place;

/// How far a lab has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Some of it may exist. Whoever finds this phase without holding the lock has found the remains of a killed command.
    Starting,
    /// Hosts, mirror and registry are up.
    Bare,
    /// `shopctl` has proven a cluster on the hosts.
    Cluster,
}

/// What a lab consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The network, which is needed to remove its route.
    pub network: Network,
    /// The numbers of the hosts.
    pub hosts: Vec<u8>,
    /// The Kubernetes minor versions that the mirror serves, the default first.
    pub kubernetes: Vec<String>,
    /// The root file system that the hosts share, in the cache.
    pub host_root: PathBuf,
    /// How far it has come.
    pub phase: Phase,
}

const FILE: &str = "record.json";

impl Record {
    /// What is recorded at the place; nothing when there is no lab.
    pub fn read(place: &Place) -> Result<Option<Self>> {
        let path = place.join(FILE);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map(Some)
                .with_context(|| format!("{} is not a record of a lab", path.display())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// Replaces what is recorded, as a whole.
    pub fn write(&self, place: &Place) -> Result<()> {
        fs::create_dir_all(place.directory())?;
        let new = place.join("record.json.new");
        let mut file = File::create(&new)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.sync_all()?;
        fs::rename(new, place.join(FILE))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_as_it_was_written() {
        let record = Record {
            network: Network::new(77),
            hosts: vec![1, 2],
            kubernetes: vec!["1.36".to_owned()],
            host_root: "/cache/host-1".into(),
            phase: Phase::Bare,
        };
        let text = serde_json::to_string(&record).unwrap();
        insta::assert_snapshot!(text, @r#"{"network":77,"hosts":[1,2],"kubernetes":["1.36"],"host_root":"/cache/host-1","phase":"bare"}"#);
        assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), record);
    }
}
