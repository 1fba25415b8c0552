//! How much is printed, and in which form.

use clap::ValueEnum;

/// The form of the result on stdout.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people.
    #[default]
    Human,
    /// One JSON document.
    Json,
}

/// Form and amount together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mode {
    /// The form of the result.
    pub output: Output,
    /// Whether chat and progress are left out.
    pub quiet: bool,
    /// Whether more than usual is told.
    pub verbose: bool,
}
