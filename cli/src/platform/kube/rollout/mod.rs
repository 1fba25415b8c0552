//! Waiting for what was applied: until it is ready, or until it is certain that it will not be.
//!
//! [`await_ready`] watches the namespace. At every change it judges each workload by the rules of `state`, and asks
//! [`diagnosis`](super::diagnosis) what is wrong with the objects that belong to the workload's newest revision. A cause
//! that has stood for its patience ends the waiting.

mod afresh;
mod await_ready;
#[cfg(test)]
mod conversations;
#[cfg(test)]
mod courses;
mod deadline;
mod failed;
mod kin;
mod log_tail;
mod name_servers;
mod outage;
mod patience;
mod progress;
mod scene;
mod serving;
#[cfg(test)]
mod sixteen;
mod state;
mod trouble;
mod workload;

pub use afresh::start_afresh;
pub use await_ready::await_ready;
pub use failed::Failed;
pub use outage::wait_out;
pub use serving::is_serving;
pub use workload::Workload;
#[cfg(test)]
pub use workload::WorkloadKind;
