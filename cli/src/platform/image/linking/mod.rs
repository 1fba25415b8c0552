//! What a program needs from the loader, and where this machine has it.

mod closure;
mod places;
mod program;

pub use closure::Closure;
pub use program::Program;
