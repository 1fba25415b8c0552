//! The form in which a model is published, and the model that is being served.

mod bytes;
mod codec;
mod product_model;

pub use self::codec::{CodecError, decode, encode};
pub use self::product_model::ProductModel;
