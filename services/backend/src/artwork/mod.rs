//! Product pictures, drawn as SVG: a shape, in the product's colour, on a calm ground.

mod palette;
mod picture;
mod shapes;

pub use picture::{Picture, draw, knows};
