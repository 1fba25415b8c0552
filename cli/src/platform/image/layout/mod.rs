//! An image layout of the Open Container Initiative on this machine's disk: what was built, addressed by its content.

mod archive;
mod blob;
mod canonical;
mod index;
mod layer;
mod store;
mod tree;

pub use archive::archive;
pub use blob::{Blob, digest_of};
pub use canonical::canonical;
pub use index::index;
pub use layer::Layer;
pub use store::Store;
pub use tree::{Content, Tree};
