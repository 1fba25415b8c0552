//! `cargo xtask lab`: real hosts and a cluster on them, on this machine.

mod arguments;
mod cluster;
mod status;

pub use arguments::{Arguments, run};
