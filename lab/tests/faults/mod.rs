//! What can go wrong with a release on a cluster, made for real.

mod admission;
mod database;
mod fault;
mod list;
mod refusing;
mod scene;
mod told;

pub use fault::Fault;
pub use list::all;
pub use scene::Scene;
pub use told::Told;
