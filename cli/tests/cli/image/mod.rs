//! `image`: what is built, what is in it, and that real registries have it.

mod build;
mod contents;
mod push;
pub mod registry;
mod unpacked;
