//! Takes a shop away, in the order opposite to that of deploying, and says what is left.

#[cfg(test)]
mod conversations;
#[expect(clippy::module_inception, reason = "a file is named by its noun")]
mod down;
mod foreign;
mod kind;
mod namespace;
mod object;
#[cfg(test)]
mod others;
mod served;
mod volume;

pub use down::{Extent, Gone, down};
