//! One file per subcommand.

pub mod evaluate;
mod output;
pub mod serve;
pub mod train;

pub use output::Output;
