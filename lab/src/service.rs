//! What a site has beside its hosts: a file mirror and a registry.

use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::command::program;
use crate::launch::{Layers, launch};
use crate::network::Network;
use crate::parts::Provision;
use crate::place::Place;
use crate::registry;

const MIRROR_PORT: u16 = 8081;
const REGISTRY_PORT: u16 = 5000;

/// The URL of the mirror.
pub fn mirror_url(network: Network) -> String {
    format!("http://{}:{MIRROR_PORT}", network.gateway())
}

/// The address of the registry.
pub fn registry_address(network: Network) -> String {
    format!("{}:{REGISTRY_PORT}", network.gateway())
}

/// Starts the mirror and the registry, and waits until they listen.
pub fn start(place: &Place, network: Network, parts: &Provision) -> Result<()> {
    start_mirror(place, network, parts)?;
    start_registry(place, network, parts)?;
    wait(network)
}

pub fn start_mirror(place: &Place, network: Network, parts: &Provision) -> Result<()> {
    let layers = layers(place, "mirror", &parts.mirror)?;
    let listen = format!("{}:{MIRROR_PORT}", network.gateway());
    let mut httpd = program("/bin/busybox", ["httpd", "-f", "-p", &listen, "-h"]);
    httpd.arg(layers.root());
    serve(place, "mirror", &layers, &httpd)
}

pub fn start_registry(place: &Place, network: Network, parts: &Provision) -> Result<()> {
    let stores: Vec<_> = parts
        .images
        .iter()
        .map(|image| image.join("registry"))
        .collect();
    let layers = layers(place, "registry", &stores)?;
    let configuration = layers.directory.join("config.yml");
    fs::write(&configuration, registry::configuration())?;
    let address = registry_address(network);
    let command = registry::command(&parts.registry, &configuration, &layers.root(), &address);
    serve(place, "registry", &layers, &command)
}

/// Whether both listen.
pub fn answer(network: Network) -> bool {
    [MIRROR_PORT, REGISTRY_PORT].iter().all(|port| {
        let address = format!("{}:{port}", network.gateway());
        address.parse().is_ok_and(|address| {
            TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok()
        })
    })
}

fn wait(network: Network) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !answer(network) {
        if Instant::now() > deadline {
            bail!(
                "the mirror or the registry does not listen on {}",
                network.gateway()
            );
        }
        sleep(Duration::from_millis(50));
    }
    Ok(())
}

fn layers(place: &Place, name: &str, lower: &[PathBuf]) -> Result<Layers> {
    let layers = Layers {
        lower: lower.to_vec(),
        directory: place.join(name),
    };
    layers.create()?;
    Ok(layers)
}

fn serve(place: &Place, name: &str, layers: &Layers, command: &Command) -> Result<()> {
    let log = layers.directory.join("service.log");
    launch(&place.group(name), layers, &log, command)
}
