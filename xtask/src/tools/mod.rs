//! What the tests need beyond the compiler, installed by name and version, cached outside the checkout.

mod cargo_deny;
mod npm;
mod prerequisites;
mod python;

pub use cargo_deny::cargo_deny;
pub use npm::npm_packages;
pub use prerequisites::prerequisites;
pub use python::{ANSIBLE, ANSIBLE_LINT, SCHEMATHESIS};
