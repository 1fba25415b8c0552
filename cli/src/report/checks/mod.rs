//! How the outcome of the checks looks.

mod catalogue;
mod github;
mod human;
mod junit;
mod model;

pub use catalogue::list;
pub use github::github;
pub use human::human;
pub use junit::junit;
pub use model::{Verification, Verified, document};
