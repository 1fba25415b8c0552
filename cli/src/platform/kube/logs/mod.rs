//! Log lines of a shop's pods.

#[cfg(test)]
mod conversations;
mod ends;
mod follow;
#[expect(clippy::module_inception, reason = "a file is named by its noun")]
mod logs;
mod merge;
mod source;

pub use logs::{containing, logs};
