//! The process that keeps the components running and the front door open.

mod backoff;
mod child;
mod door;
mod front_door;
mod guarded_path;
mod log_file;
mod part;
mod problem;
mod run;
mod state;

pub use log_file::files as log_files;
pub use run::run;
pub use state::{Part, Phase, State};
