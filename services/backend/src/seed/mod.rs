//! The bundled catalogue and a simulated order history. The same release always loads the same data.

mod basket;
mod catalogue;
mod checksum;
mod customers;
mod history;
mod load;
mod random;

pub use catalogue::{Catalogue, CatalogueError, Item};
pub use history::{History, SimulatedOrder};
pub use load::{Outcome, SeedError, load};
