//! `cargo xtask bench`: the figures that the README states.

mod arguments;
mod figure;
mod up;

pub use arguments::{Arguments, run};
