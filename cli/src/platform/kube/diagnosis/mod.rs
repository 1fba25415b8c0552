//! Why a workload does not become ready: pure functions from what the API server has to one named cause.
//!
//! Nothing here waits or asks. Whoever waits takes a [`Snapshot`] whenever something changes, and ends as soon as a cause
//! has been there for longer than its [`Reason::patience`].

mod cause;
mod claim;
mod container;
mod events;
mod image;
mod job;
mod log;
mod owner;
mod pod;
mod probe;
mod reason;
mod refusal;
mod scheduling;
mod snapshot;
#[cfg(test)]
mod testing;

pub use cause::Cause;
pub use log::blames_names;
pub use owner::is_owned_by;
pub use reason::Reason;
pub use refusal::reason as refusal;
pub use snapshot::Snapshot;
