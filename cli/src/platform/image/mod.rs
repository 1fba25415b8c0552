//! Images of the services, without Docker: built from programs and their libraries, pushed to a registry.

mod assembly;
mod bill;
mod build;
mod built;
mod certificates;
mod configuration;
mod export;
mod layout;
mod linking;
mod listed;
mod programs;
mod recipe;
pub mod registry;

pub use build::build;
pub use built::{Build, Built};
pub use export::export;
pub use layout::Store;
pub use listed::{Listed, built};
pub use programs::{ingredients, is_outdated, store};
