//! Pure planning: a request and what was observed become a list of steps. No async, no input or output.

mod component;
pub mod down;
mod observed;
mod step;
pub mod up;

pub use component::Component;
pub use observed::{Interruption, Observed, Serving};
pub use step::{Plan, Step};
