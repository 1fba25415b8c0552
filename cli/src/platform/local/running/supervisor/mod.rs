//! The process that keeps the components running and the front door open.

mod backoff;
mod body_limit;
mod child;
mod door;
mod front_door;
mod guarded_path;
mod log_file;
mod part;
mod problem;
mod run;
mod state;
#[expect(
    clippy::module_inception,
    reason = "the folder is the process and the file is its main type"
)]
mod supervisor;

pub use log_file::files as log_files;
pub use run::run;
pub use state::{Part, Phase, State};
