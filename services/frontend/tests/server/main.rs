//! The storefront's server: its routes on made-up assets, the assets that are built in, and the program itself.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod built_in;
mod caching;
mod process;
mod program;
mod routing;
mod sample;
