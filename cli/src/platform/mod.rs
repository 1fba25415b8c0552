//! Every outside effect: the targets, the executor, the checks.

mod check;
pub mod checks;
pub mod clusters;
mod error;
mod event;
mod execute;
mod fence;
mod finding;
pub mod image;
mod journal;
pub mod kube;
pub mod local;
mod logs;
pub mod process;
pub mod rendering;
mod select;
mod shop;
mod state;
mod status;
mod target;
pub mod tool;

pub use check::{CheckResult, Verdict};
pub use error::Error;
pub use event::{Event, Events, HostProgress, WeakEvents};
pub use execute::execute;
pub use fence::{Fence, Moment, Tenure};
pub use finding::Finding;
pub use journal::{Entry, Journal};
pub use logs::{LogLine, LogQuery, LogStream};
pub use select::select;
pub use shop::{Detour, Inside, Process, Shop};
pub use status::{ComponentStatus, Replicas, Status};
pub use target::Platform;
