//! PostgreSQL: what must last.

pub mod categories;
mod database;
mod error;
pub mod migrations;
pub mod orders;
pub mod popularity;
pub mod products;
pub mod sales;
pub mod search;

pub use database::{Connection, Database};
pub use error::StoreError;
