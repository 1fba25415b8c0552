//! The recommender: item affinities, similar baskets and popularity, blended.

mod affinities;
mod ease;
mod gram;
mod neighbours;
mod parameters;
mod popularity;
mod recommender;
mod tuning;

pub use self::affinities::Affinities;
pub use self::ease::{EaseError, affinities};
pub use self::neighbours::{Neighbours, Scratch};
pub use self::parameters::{BlendWeights, EaseParameters, NeighbourParameters, Parameters};
pub use self::popularity::{popularity, recent_popularity};
pub use self::recommender::{FitOptions, Recommender};
pub use self::tuning::{Effort, choose};
