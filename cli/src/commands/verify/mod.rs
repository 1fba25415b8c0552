//! `shopctl verify`, and what `up` and `cluster up` take of it.

mod checking;
mod release;
mod subject;
#[expect(clippy::module_inception, reason = "a file is named by its noun")]
mod verify;

pub use checking::{check_cluster, verdict};
pub use release::release;
pub use verify::{Arguments, run};
