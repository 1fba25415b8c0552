//! How every program of the shop reaches PostgreSQL: its address, and the protection of the way there.

mod address;
mod authority;
mod patience;
mod protection;
mod unjudged;

pub use address::{Address, Invalid};
pub use authority::{Authority, NoAuthority};
pub use patience::{Carrier, connect};
