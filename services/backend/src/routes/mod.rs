//! The routes: each file owns its router, its requests and responses, and its handlers.

mod body;
pub mod carts;
pub mod categories;
pub mod description;
pub mod health;
pub mod images;
pub mod orders;
pub mod products;
pub mod recommendations;
mod segment;
