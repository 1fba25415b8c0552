//! Takes a shop away, in the order opposite to that of deploying, and says what is left.

#[expect(clippy::module_inception, reason = "a file is named by its noun")]
mod down;
mod kind;
mod namespace;
mod object;
mod volume;

pub use down::{Gone, down};
