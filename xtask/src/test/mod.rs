//! `cargo xtask test`: every stage, each said and timed, and one summary.

mod arguments;
mod browser;
mod contract;
mod rust;
mod stage;
mod storefront;
mod summary;

pub use arguments::{Arguments, run};
