//! The ports of a shop: chosen once, remembered, and all on loopback.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};

use serde::{Deserialize, Serialize};

use crate::plan::Component;
use crate::platform::Error;
use crate::platform::local::layout::Layout;
use crate::platform::local::machine::port_holder;
use crate::platform::local::running::spec::FrontDoor;
use crate::platform::state::durable;

/// The front door's port unless somebody names another.
const FRONT_DOOR: u16 = 8080;

/// The components' ports are taken from here: below what Linux gives to outgoing connections, which would otherwise
/// sit on a remembered port from time to time.
const FIRST: u16 = 20_000;
const COUNT: u16 = 10_000;

/// The ports of one shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ports {
    /// The one that is published.
    pub front_door: u16,
    /// Those that only the shop itself uses.
    pub components: BTreeMap<Component, u16>,
}

impl Ports {
    /// The remembered ports; none when there are none yet or they cannot be understood.
    pub fn read(layout: &Layout) -> Option<Self> {
        serde_json::from_slice(&fs::read(layout.ports()).ok()?).ok()
    }

    /// The remembered ports, which must be there.
    pub fn of(layout: &Layout) -> Result<Self, Error> {
        Self::read(layout)
            .filter(|ports| {
                Component::ALL
                    .iter()
                    .all(|component| ports.components.contains_key(component))
            })
            .ok_or_else(|| Error::NothingRunning {
                place: layout.root().display().to_string(),
            })
    }

    /// The front door's port: the named one, else the remembered one, else the default.
    pub fn front_door(layout: &Layout, named: Option<u16>) -> u16 {
        named
            .or_else(|| Self::read(layout).map(|ports| ports.front_door))
            .unwrap_or(FRONT_DOOR)
    }

    /// A component's port.
    pub fn port(&self, component: Component) -> u16 {
        self.components.get(&component).copied().unwrap_or_default()
    }

    /// What the front door leads to.
    pub fn door(&self) -> FrontDoor {
        FrontDoor {
            port: self.front_door,
            backend: self.port(Component::Backend),
            frontend: self.port(Component::Frontend),
        }
    }

    /// Makes sure that every port can be listened on, while nothing of the shop runs: a component's port that was
    /// taken in the meantime is replaced, the front door's is an error that says who has it.
    pub fn prepare(layout: &Layout, named: Option<u16>) -> Result<Self, Error> {
        let front_door = Self::front_door(layout, named);
        ensure_free(front_door)?;
        let mut components = Self::read(layout)
            .map(|ports| ports.components)
            .unwrap_or_default();
        components.retain(|_, port| is_free(*port) && *port != front_door);
        for component in Component::ALL {
            let mut taken: Vec<_> = components.values().copied().collect();
            taken.push(front_door);
            components.entry(component).or_insert(choose(&taken)?);
        }
        let ports = Self {
            front_door,
            components,
        };
        let text = serde_json::to_vec(&ports).unwrap_or_default();
        durable::write_changed(&[(layout.ports(), text)], 0o644, None)?;
        Ok(ports)
    }
}

/// Fails with the holder's name when somebody listens on the port.
pub fn ensure_free(port: u16) -> Result<(), Error> {
    match listen(port) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Err(Error::Prerequisite {
            what: format!("this account may not listen on port {port}"),
            cure: "choose a port above 1023 with `--port`".to_owned(),
        }),
        Err(_) => Err(Error::PortTaken {
            port,
            holder: port_holder::describe(port),
        }),
    }
}

fn is_free(port: u16) -> bool {
    listen(port).is_ok()
}

fn listen(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
}

/// A random one, so that two shops that start at the same moment do not agree.
fn choose(taken: &[u16]) -> Result<u16, Error> {
    let mut bytes = [0_u8; 2];
    for _ in 0..1_000 {
        if getrandom::fill(&mut bytes).is_err() {
            break;
        }
        let port = FIRST + u16::from_ne_bytes(bytes) % COUNT;
        if !taken.contains(&port) && is_free(port) {
            return Ok(port);
        }
    }
    Err(Error::Prerequisite {
        what: format!("no port from {FIRST} to {} is free", FIRST + COUNT - 1),
        cure: "end some of the programs that listen there".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Failure as _;

    #[test]
    fn ports_are_remembered() {
        let directory = tempfile::tempdir().unwrap();
        let layout = Layout::new(directory.path());
        let free = choose(&[]).unwrap();
        let first = Ports::prepare(&layout, Some(free)).unwrap();
        assert_eq!(Ports::prepare(&layout, None).unwrap(), first);
        assert_eq!(Ports::of(&layout).unwrap(), first);
        let mut all: Vec<_> = first
            .components
            .values()
            .copied()
            .chain([first.front_door])
            .collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 6);
    }

    #[test]
    fn a_component_moves_out_of_the_way() {
        let directory = tempfile::tempdir().unwrap();
        let layout = Layout::new(directory.path());
        let first = Ports::prepare(&layout, Some(choose(&[]).unwrap())).unwrap();
        let _stranger = listen(first.port(Component::Redis)).unwrap();
        let second = Ports::prepare(&layout, None).unwrap();
        assert_ne!(second.port(Component::Redis), first.port(Component::Redis));
        assert_eq!(
            second.port(Component::Postgres),
            first.port(Component::Postgres)
        );
    }

    #[test]
    fn the_holder_of_the_front_door_is_named() {
        let stranger = listen(0).unwrap();
        let port = stranger.local_addr().unwrap().port();
        let error = ensure_free(port).unwrap_err();
        let own = std::process::id();
        assert!(
            error.to_string().contains(&format!("process {own}")),
            "{error}"
        );
        assert!(error.hint().unwrap().contains("--port"));
    }
}
