//! The hosts of an inventory, and where what is known of their cluster lives.

use std::path::Path;

use crate::config::Config;
use crate::failure::AnyFailure;
use crate::platform::clusters::Place;
use crate::platform::tool::ansible::{Engine, Inventory};

/// The hosts of one cluster and everything that it takes to work on them.
#[derive(Debug)]
pub struct Site {
    /// Ansible.
    pub engine: Engine,
    /// The hosts.
    pub inventory: Inventory,
    /// What is known of the cluster.
    pub place: Place,
}

impl Site {
    /// Reads the inventory.
    pub async fn read(config: &Config, inventory: &Path) -> Result<Self, AnyFailure> {
        let state_dir = config.clusters.state_dir()?;
        let engine = Engine::find(config.clusters.ansible_playbook.as_deref())?;
        let inventory = Inventory::read(&engine, inventory).await?;
        let place = Place::new(state_dir, inventory.cluster.clone());
        Ok(Self {
            engine,
            inventory,
            place,
        })
    }
}
