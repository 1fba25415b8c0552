//! The bridge of a lab and the cables to its hosts.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use crate::command::{output, run, succeeds, words};
use crate::network::Network;
use crate::place::Place;

/// Any route to the network is better than this one, except the way out of the machine.
const LAST_RESORT: u32 = 4_278_198_272;

/// Makes the bridge. Nothing that the hosts send is forwarded, whatever the machine forwards otherwise, and while the
/// lab exists nothing for its network can leave by the machine's default route, even without the bridge.
pub fn lay_bridge(place: &Place, network: Network) -> Result<()> {
    let (bridge, prefix, gateway) = (place.bridge(), network.prefix(), network.gateway());
    let taken = output(&mut words(&format!("ip route show root {prefix}")))?;
    if !taken.trim().is_empty() {
        bail!(
            "this machine uses {prefix} already ({}); choose another network",
            taken.trim()
        );
    }
    run(&mut words(&format!(
        "ip route add unreachable {prefix} metric {LAST_RESORT}"
    )))?;
    run(&mut words(&format!("ip link add {bridge} type bridge")))?;
    fs::write(
        format!("/proc/sys/net/ipv4/conf/{bridge}/forwarding"),
        b"0\n",
    )?;
    let ipv6 = format!("/proc/sys/net/ipv6/conf/{bridge}/disable_ipv6");
    if Path::new(&ipv6).exists() {
        fs::write(ipv6, b"1\n")?;
    }
    run(&mut words(&format!(
        "ip address add {gateway}/24 dev {bridge}"
    )))?;
    run(&mut words(&format!("ip link set {bridge} up")))
}

/// Makes a host's network namespace with a cable to the bridge.
pub fn connect(place: &Place, network: Network, number: u8) -> Result<()> {
    for line in cable(place, network, number) {
        run(&mut words(&line))?;
    }
    Ok(())
}

fn cable(place: &Place, network: Network, number: u8) -> [String; 7] {
    let (bridge, device) = (place.bridge(), place.device(number));
    let (address, gateway) = (network.host(number), network.gateway());
    let ethernet = network.ethernet(number);
    [
        format!("ip netns add {device}"),
        format!("ip link add {device} type veth peer name eth0 address {ethernet} netns {device}"),
        format!("ip link set {device} master {bridge} up"),
        format!("ip -n {device} link set lo up"),
        format!("ip -n {device} address add {address}/24 dev eth0"),
        format!("ip -n {device} link set eth0 up"),
        format!("ip -n {device} route add default via {gateway}"),
    ]
}

/// Removes a host's network namespace and everything in it, when it exists.
pub fn disconnect(place: &Place, number: u8) -> Result<()> {
    let device = place.device(number);
    if Path::new("/run/netns").join(&device).exists() {
        run(&mut words(&format!("ip netns delete {device}")))?;
    }
    remove_device(&device)
}

/// Removes every cable, the bridge and the route, as far as they exist.
pub fn remove_bridge(place: &Place, network: Option<Network>) -> Result<()> {
    for number in numbers(place) {
        disconnect(place, number)?;
    }
    remove_device(&place.bridge())?;
    if let Some(network) = network {
        let route = format!("unreachable {} metric {LAST_RESORT}", network.prefix());
        // Its absence is the aim.
        let _ = succeeds(&mut words(&format!("ip route delete {route}")));
    }
    Ok(())
}

fn remove_device(device: &str) -> Result<()> {
    // A namespace takes its cables with it, but not at once.
    let removed = succeeds(&mut words(&format!("ip link delete {device}")));
    if !removed && Path::new("/sys/class/net").join(device).exists() {
        bail!("cannot remove the network device {device}");
    }
    Ok(())
}

/// The numbers of the hosts that have a namespace or a cable.
fn numbers(place: &Place) -> Vec<u8> {
    let stem = format!("shop{}", place.name());
    ["/run/netns", "/sys/class/net"]
        .iter()
        .filter_map(|directory| fs::read_dir(directory).ok())
        .flat_map(Iterator::flatten)
        .filter_map(|entry| {
            let name = entry.file_name();
            name.to_str()?.strip_prefix(&stem)?.parse().ok()
        })
        .filter(|number| *number > 0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cable_ends_in_the_host_s_own_namespace() {
        let place = Place::named("lab").unwrap();
        let lines = cable(&place, Network::new(77), 2).join("\n");
        insta::assert_snapshot!(lines, @r"
        ip netns add shoplab2
        ip link add shoplab2 type veth peer name eth0 address 02:00:00:4d:00:02 netns shoplab2
        ip link set shoplab2 master shoplab0 up
        ip -n shoplab2 link set lo up
        ip -n shoplab2 address add 10.77.0.12/24 dev eth0
        ip -n shoplab2 link set eth0 up
        ip -n shoplab2 route add default via 10.77.0.1
        ");
    }
}
