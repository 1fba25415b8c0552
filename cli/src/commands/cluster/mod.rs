//! `shopctl cluster`: the infrastructure part of `up` alone, a file per verb.

mod arguments;
pub mod doctor;
mod down;
mod operation;
mod site;
mod status;
pub mod up;
mod upgrade;

pub use arguments::{Arguments, run};
