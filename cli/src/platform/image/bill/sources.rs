//! What programs are built from, as far as files say.

use std::collections::BTreeSet;
use std::path::Path;

use super::lockfile::Packages;
use super::npm::{NpmPackage, npm_packages};
use super::toolchain::toolchain;
use crate::platform::Error;

/// Crates, packages of npm, and Rust.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The crates of all programs.
    pub crates: Packages,
    /// What the storefront brings to a browser.
    pub storefront: BTreeSet<NpmPackage>,
    /// The version of Rust, where it is known.
    pub rust: Option<String>,
}

impl Sources {
    /// Those of the checkout, or those that this `shopctl` and the services beside it were built from.
    pub fn of(checkout: Option<&Path>) -> Result<Self, Error> {
        Ok(Self {
            crates: Packages::of(checkout)?,
            storefront: npm_packages(checkout)?,
            rust: toolchain(checkout),
        })
    }
}
