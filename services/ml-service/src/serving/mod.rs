//! Answering with the current model, and following what is current.

mod follow;
mod gauges;
mod recommendations;
mod served;

pub use self::follow::Follower;
pub use self::gauges::Gauges;
pub use self::recommendations::router;
pub use self::served::{Served, ServedModel};
