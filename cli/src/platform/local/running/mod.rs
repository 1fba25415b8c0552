//! What runs: what should run, the supervisor that keeps it running, and the ways to look at it.

pub mod environment;
pub mod inside;
pub mod leftovers;
pub mod logs;
pub mod probe;
pub mod readiness;
pub mod services;
pub mod spec;
pub mod stamp;
pub mod status;
pub mod supervision;
pub mod supervisor;
pub mod wanted;
