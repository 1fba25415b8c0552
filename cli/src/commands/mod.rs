//! The corridor: one file per verb, each resolving its arguments, planning, executing and reporting.

pub mod cluster;
pub mod completions;
mod context;
pub mod deploy;
pub mod docs;
pub mod doctor;
pub mod down;
mod error;
pub mod image;
mod interrupt;
pub mod launch;
pub mod logs;
mod meaning;
pub mod open;
mod operation;
pub mod render;
mod run;
pub mod status;
pub mod supervise;
pub mod up;
pub mod verify;

pub use context::Context;
pub use error::Error;
pub use run::{Outcome, run};
