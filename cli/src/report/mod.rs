//! How results and progress look. Reads events and outcomes, decides nothing.

mod besides;
mod changes;
pub mod checks;
pub mod cluster;
mod doctor;
mod down;
mod failure;
mod gone;
mod hosts;
mod images;
mod lines;
mod output;
mod plan;
mod printer;
mod progress;
mod rendered;
mod status;
mod table;
mod up;

pub use changes::changes;
pub use doctor::findings;
pub use down::down;
pub use failure::{bug, failure, usage};
pub use gone::gone;
pub use images::{images_built, images_listed, images_pushed};
pub use lines::log_line;
pub use output::{Mode, Output};
pub use plan::dry_run;
pub use printer::Printer;
pub use progress::Progress;
pub use rendered::{Rendered, rendered};
pub use status::status;
pub use up::{Sold, up};
