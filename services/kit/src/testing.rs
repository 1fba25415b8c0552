//! Real servers for tests: each on a free loopback port, in a directory of its own, and gone when the test process is
//! gone, however it ends.

mod account;
mod directory;
mod postgres;
mod program;
mod redis;
mod server;

pub use postgres::Postgres;
pub use redis::Redis;
