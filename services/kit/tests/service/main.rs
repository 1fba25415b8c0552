//! The kit as a service sees it: requests in, responses, metrics, log lines and spans out.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bodies;
mod drain;
mod health;
mod logs;
mod metrics;
mod problems;
mod servers;
mod support;
mod traces;
