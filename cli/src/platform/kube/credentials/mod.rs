//! The Secrets of the shop: passwords that are made once and replaced only when they are lost, and the address of a database elsewhere.

#[cfg(test)]
mod conversations;
#[expect(clippy::module_inception, reason = "a file is named by its noun")]
mod credentials;
mod external;
mod restart;
mod secret;
#[cfg(test)]
mod unread;
mod values;

pub use credentials::{foresee, make, missing};
