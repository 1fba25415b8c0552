//! Bills of materials: what an image consists of.

#[expect(
    clippy::module_inception,
    reason = "the folder is the room and the file is its main type, as everywhere in this house"
)]
mod bill;
mod debian;
mod lockfile;
mod npm;
mod part;
mod sources;
mod toolchain;

pub use bill::{Bill, MEDIA_TYPE};
pub use debian::Libraries;
pub use sources::Sources;
