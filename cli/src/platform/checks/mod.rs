//! The checks of `verify`, one file each, and their order.

mod run;

pub use run::run;
