//! The `local` target: real PostgreSQL, real Redis and the services as supervised child processes on this machine.

mod doctor;
mod layout;
#[expect(
    clippy::module_inception,
    reason = "the folder is the target and the file is its main type, as everywhere in this house"
)]
mod local;
mod machine;
mod observe;
mod releases;
mod running;
mod steps;
mod stores;
#[cfg(test)]
mod testing;

pub use layout::Layout;
pub use local::Local;
pub use machine::build::Checkout;
pub use releases::{hashes, release::binaries};
pub use running::supervisor::run as supervise;
