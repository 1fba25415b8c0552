//! What is chosen by measurement. See README for what was measured.

use serde::{Deserialize, Serialize};

/// All that [`super::choose`] chooses.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Default)]
pub struct Parameters {
    /// Of the item affinities.
    pub ease: EaseParameters,
    /// Of the similar baskets.
    pub neighbours: NeighbourParameters,
    /// How the parts are added.
    pub blend: BlendWeights,
}

/// Of the linear item-to-item model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EaseParameters {
    /// A basket of `n` items counts `n^-length_power`, so that few large baskets do not outvote many small ones.
    pub length_power: f32,
    /// Share of an item's own weight that is added to the diagonal (the dropout of EDLAE: `p / (1 - p)`).
    pub dropout: f32,
    /// Constant added to the diagonal.
    pub ridge: f32,
}

impl Default for EaseParameters {
    fn default() -> Self {
        Self {
            length_power: 0.5,
            dropout: 0.8,
            ridge: 30.0,
        }
    }
}

/// Of the vote of similar baskets.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct NeighbourParameters {
    /// A shared item counts `ln(baskets / sales)^rarity_power`: sharing a rare item says more.
    pub rarity_power: f32,
    /// What is shared is divided by `n^length_power` for a basket of `n` items.
    pub length_power: f32,
    /// A basket votes with its similarity to this power.
    pub sharpness: f32,
    /// How many of the most similar baskets vote.
    pub voters: u32,
}

impl Default for NeighbourParameters {
    fn default() -> Self {
        Self {
            rarity_power: 0.7,
            length_power: 0.3,
            sharpness: 5.0,
            voters: 1000,
        }
    }
}

/// How much the parts count. The item affinities count 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BlendWeights {
    /// Of the similar baskets, whose votes sum to 1.
    pub neighbours: f32,
    /// Of recent popularity, which sums to 1.
    pub popularity: f32,
}

impl Default for BlendWeights {
    fn default() -> Self {
        Self {
            neighbours: 4.0,
            popularity: 0.5,
        }
    }
}
