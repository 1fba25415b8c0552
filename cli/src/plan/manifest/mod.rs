//! The manifests: what a configuration and the digests of images make of the templates. Pure, as all planning.

mod context;
mod credentials;
mod error;
mod phase;
mod pinned;
mod quote;
mod render;
mod template;

pub use credentials::{
    BUNDLED, Credentials, EXTERNAL, REDIS, TOKENS, URLS, credentials, postgres_secret,
};
pub use error::{Error, under_images};
pub use phase::Phase;
pub use pinned::{PARTS, Pinned, needed, pin, source};
pub use render::{Manifest, content_hash, render};
