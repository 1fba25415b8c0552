//! `cargo xtask bench`: the figures that the README states.

mod arguments;
mod bare;
mod figure;
mod service;
mod spec;
mod up;

pub use arguments::{Arguments, run};
