//! One file per subcommand.

mod database;
pub mod evaluate;
mod output;
pub mod serve;
pub mod train;

pub use database::DatabaseArgs;
pub use output::Output;
