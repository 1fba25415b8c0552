//! `cargo xtask test`: every stage, each said and timed, and one summary.

mod arguments;
mod browser;
mod cluster;
mod contract;
mod manifests;
mod playbooks;
mod rust;
mod stage;
mod storefront;
mod summary;

pub use arguments::{Arguments, run};
pub use cluster::in_a_lab;
