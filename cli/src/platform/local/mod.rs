//! The `local` target: real PostgreSQL, real Redis and the services as supervised child processes on this machine.

mod account;
mod binaries;
mod build;
mod cluster;
mod doctor;
mod durable;
mod environment;
mod fingerprint;
mod hashes;
mod inside;
mod journal;
mod launcher;
mod layout;
mod leftovers;
#[expect(
    clippy::module_inception,
    reason = "the folder is the target and the file is its main type, as everywhere in this house"
)]
mod local;
mod lock;
mod logs;
mod observe;
mod packages;
mod passwords;
mod port_holder;
mod ports;
mod postgres;
mod probe;
mod process;
mod readiness;
mod redis;
mod release;
mod roles;
mod services;
mod signal;
mod space;
mod spec;
mod stamp;
mod status;
mod steps;
mod supervision;
mod supervisor;
#[cfg(test)]
mod testing;
mod tool;
mod wanted;

pub use launcher::{Become, die_with, launch};
pub use layout::Layout;
pub use local::Local;
pub use signal::Signal;
pub use supervisor::run as supervise;
