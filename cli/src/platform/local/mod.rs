//! The `local` target: child processes on this machine.

mod target;

pub use target::Local;
