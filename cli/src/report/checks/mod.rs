//! How the outcome of the checks looks.

mod human;
mod model;

pub use human::human;
pub use model::Verification;
