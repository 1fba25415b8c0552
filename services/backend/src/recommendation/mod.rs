//! What else might please.

mod model;
mod popularity;
mod recommender;

pub use model::ModelService;
pub use popularity::Popularity;
pub use recommender::{POPULARITY, Recommendations, Recommender};
