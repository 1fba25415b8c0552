//! The lock of a shop in a cluster.

#[cfg(test)]
mod conversations;
mod identity;
#[expect(clippy::module_inception, reason = "a file is named by its noun")]
mod lease;
mod object;

pub use lease::Lease;
pub use object::NAME as LEASE;
