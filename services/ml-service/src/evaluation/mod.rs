//! Measuring how well a recommender guesses what else is in a basket.

mod memory;
mod metrics;
mod protocol;
mod report;

pub use self::memory::{available_memory, peak_memory};
pub use self::metrics::{Quality, rank};
pub use self::protocol::{Task, measure, tasks};
pub use self::report::{Counts, Report};
