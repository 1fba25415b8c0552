//! The shop in a browser on this machine.

use std::net::IpAddr;

use tokio::net::lookup_host;

use super::door::LocalDoor;
use super::front_door::{FrontDoor, published};
use crate::config::Config;
use crate::platform::Error;
use crate::platform::kube::Cluster;

/// What a browser can be pointed at.
pub struct Opened {
    /// The address.
    pub url: String,
    /// The line that `/etc/hosts` lacks for it; none when the name is known.
    pub hosts_line: Option<String>,
    /// What must be held until nobody looks any more; none when the cluster keeps the door open.
    pub held: Option<LocalDoor>,
}

/// The published address of the shop, or else a door on this machine that is open as long as the value lives.
pub async fn open(cluster: &Cluster, namespace: &str, config: &Config) -> Result<Opened, Error> {
    if let Some(door) = published(cluster, namespace, config).await? {
        let hosts_line = if is_known(&door).await {
            None
        } else {
            door.hosts_line()
        };
        return Ok(Opened {
            url: door.url,
            hosts_line,
            held: None,
        });
    }
    let held = LocalDoor::open(cluster, namespace).await?;
    Ok(Opened {
        url: format!("http://{}", held.address),
        hosts_line: None,
        held: Some(held),
    })
}

/// Whether this machine finds the host by itself.
async fn is_known(door: &FrontDoor) -> bool {
    let Some((host, address)) = &door.resolve else {
        return true;
    };
    let found = lookup_host((host.as_str(), address.port())).await;
    let found: Vec<IpAddr> = found
        .map(|found| found.map(|one| one.ip()).collect())
        .unwrap_or_default();
    found.contains(&address.ip())
}
