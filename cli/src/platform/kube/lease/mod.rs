//! The lock of a shop in a cluster.

#[cfg(test)]
mod conversations;
mod identity;
#[expect(clippy::module_inception, reason = "a file is named by its noun")]
mod lease;

pub use lease::{Lease, NAME as LEASE};
