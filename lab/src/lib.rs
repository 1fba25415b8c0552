//! Real systemd hosts with their own sshd, a file mirror and an image registry, all on one Debian machine and all made
//! from package registries. `README.md` says how it is used and what it does to the machine.

mod admission;
mod cgroup;
mod command;
mod host;
mod inventory;
mod key;
mod lab;
mod launch;
mod life;
mod network;
mod parts;
mod place;
mod progress;
mod record;
mod registry;
mod service;
pub mod versions;
mod wire;

pub use host::Host;
pub use lab::Lab;
pub use network::Network;
pub use parts::registry_program;
pub use record::{Phase, Record};
