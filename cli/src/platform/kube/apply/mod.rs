//! Brings objects into a cluster: server-side apply, with an inventory of what was applied.

#[expect(clippy::module_inception, reason = "a file is named by its noun")]
mod apply;
mod change;
#[cfg(test)]
mod conversations;
mod inventory;
mod mask;
mod object;
#[cfg(test)]
mod outage;
mod patience;
mod policies;
mod prune;
#[cfg(test)]
mod refusals;
mod replicas;
#[cfg(test)]
mod scaling;
mod store;
mod survey;
mod volume;

pub use apply::apply;
#[cfg(test)]
pub use change::fields;
pub use change::{Change, Field};
pub use inventory::{Inventory, NAME as INVENTORY, VERIFIED};
pub use object::{Object, ObjectKey};
pub use patience::{insist, is_conflict, taken};
pub use policies::{for_both, is_policy};
pub use prune::prune;
pub use survey::Survey;
pub use volume::{CLAIM, DATABASE, Volume};
