//! Programs that `shopctl` starts: who they run as, how they end, what they print.

pub mod account;
pub mod identity;
pub mod launcher;
pub mod signal;
pub mod tool;
