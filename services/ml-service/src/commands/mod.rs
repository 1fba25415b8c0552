//! One file per subcommand.

pub mod evaluate;
