//! Registries: where images go and who we are there.

mod client;
#[cfg(test)]
mod conversation;
mod credentials;
mod destination;
mod list;
mod patience;
mod push;
mod referrer;
mod refusal;
mod resolve;

pub use destination::Destination;
pub use list::list;
pub use push::{Pushed, has, push};
pub use resolve::resolve;
