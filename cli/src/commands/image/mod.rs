//! `shopctl image`: the services as images, a file per verb.

mod arguments;
mod build;
mod destination;
mod list;
mod push;

pub use arguments::{Arguments, run};
