//! The Secrets of the shop: passwords that are made once and never replaced, and the address of a database elsewhere.

#[cfg(test)]
mod conversations;
#[expect(clippy::module_inception, reason = "a file is named by its noun")]
mod credentials;
mod external;
mod restart;
mod secret;
mod values;

pub use credentials::{foresee, make, missing};
