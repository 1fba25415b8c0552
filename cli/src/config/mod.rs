//! Settings from the command line, `shop.yaml` and the environment, resolved once into a [`Config`].

mod cache_dir;
mod data_dir;
mod duration;
pub mod env_vars;
mod error;
mod file;
pub mod kubernetes;
mod place;
mod resolve;
mod schema;
mod secret;
mod state_dir;

pub use duration::parse as parse_duration;
pub use error::Error;
pub use place::Place;
pub use resolve::{Config, Overrides, Target, resolve};
pub use schema::schema;
pub use secret::Secret;

/// The annotated example: the documentation of `shop.yaml`, and a test.
pub const EXAMPLE: &str = include_str!("examples/shop.yaml");
