//! Ansible: the playbooks that are a part of this program, and the one place that runs them.

mod argv;
mod engine;
mod error;
mod event;
mod fifo;
mod inventory;
mod leftovers;
mod outcome;
mod play;
mod playbooks;
mod recap;
mod tally;

pub use engine::Engine;
pub use error::Error;
pub use inventory::Inventory;
pub use outcome::{Outcome, Stop};
pub use play::{Play, play};
