//! What was released: its content, its name, its files.

pub mod hashes;
pub mod release;
