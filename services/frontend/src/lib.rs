//! Serves the built storefront, and nothing else.

mod asset;
mod encoding;
mod routes;
mod security;
mod unbuilt;

pub use asset::{Asset, EMBEDDED};
pub use routes::routes;
pub use security::CONTENT_SECURITY_POLICY;
