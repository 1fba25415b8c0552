//! Redis: what may be lost.

pub mod carts;
mod connection;
pub mod products;

pub use connection::{Cache, CacheError};
