//! Everything that is built or fetched, each part once and kept by the hash of what it is made from.

mod archive;
mod cache;
mod host;
mod image;
mod images;
mod mirror;
mod module;
mod provision;

pub use cache::Cache;
pub use module::{Module, version};
pub use provision::{Provision, registry_program};
