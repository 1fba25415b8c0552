//! Training and serving against a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod following;
mod program;
mod shop;
mod training;
