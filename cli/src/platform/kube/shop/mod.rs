//! The ways into a shop on Kubernetes, and what runs of it.

mod address;
mod controller;
mod credentials;
mod door;
mod entry;
#[cfg(test)]
mod forwarding;
mod front_door;
#[cfg(test)]
mod gateways;
mod inside;
mod line;
mod open;
mod ours;
mod part;
mod pods;
mod postgres;
mod redis;
mod scrape;
mod seen;
#[expect(clippy::module_inception, reason = "a file is named by its noun")]
mod shop;
mod status;
mod tunnel;

pub use address::INGRESS;
pub use entry::await_entry;
pub use open::{Opened, open};
pub use pods::{is_ready, place, pods, program_of};
pub use shop::shop;
pub use status::status;
