//! What this machine offers and must offer: programs, packages, an account, ports, space.

pub mod binaries;
pub mod build;
mod fingerprint;
pub mod owner;
pub mod packages;
mod port_holder;
pub mod ports;
pub mod space;
