//! nDCG and hit rate for one hidden item per basket.

use serde::{Deserialize, Serialize};

/// How deep nDCG looks.
const NDCG_DEPTH: usize = 100;

/// Means over all test baskets. 1 is perfect.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Quality {
    /// `1 / log2(rank + 1)` of the hidden item (ranks from 1), 0 below rank 100.
    pub ndcg_100: f64,
    /// Share of the hidden items among the first 20.
    pub hit_rate_20: f64,
    /// Share of the hidden items among the first 50.
    pub hit_rate_50: f64,
}

impl Quality {
    /// From the ranks of the hidden items, counted from 0. `None` is an item that was not ranked: a miss.
    #[expect(
        clippy::cast_precision_loss,
        reason = "ranks and counts far below 2^52"
    )]
    pub fn from_ranks(ranks: &[Option<usize>]) -> Self {
        let mean = |gain: &dyn Fn(usize) -> f64| {
            let sum: f64 = ranks.iter().flatten().map(|&rank| gain(rank)).sum();
            sum / ranks.len().max(1) as f64
        };
        let hits = |depth: usize| mean(&|rank| if rank < depth { 1.0 } else { 0.0 });
        Self {
            ndcg_100: mean(&|rank| {
                if rank < NDCG_DEPTH {
                    1.0 / (rank as f64 + 2.0).log2()
                } else {
                    0.0
                }
            }),
            hit_rate_20: hits(20),
            hit_rate_50: hits(50),
        }
    }
}

/// The rank, from 0, of `hidden` among all items but those of `context`. Ties go to the lower number.
pub fn rank(scores: &[f32], context: &[u32], hidden: u32) -> usize {
    let wanted = scores[hidden as usize];
    let (before, after) = scores.split_at(hidden as usize);
    let ahead = |&&item: &&u32| {
        let score = scores[item as usize];
        score > wanted || (score >= wanted && item < hidden)
    };
    before.iter().filter(|&&score| score >= wanted).count()
        + after.iter().filter(|&&score| score > wanted).count()
        - context.iter().filter(ahead).count()
}

#[cfg(test)]
mod tests {
    use super::{Quality, rank};

    #[test]
    fn the_basket_is_left_out_and_ties_go_to_the_lower_number() {
        let scores = [0.5, 0.9, 0.5, 0.7, 0.5];
        assert_eq!(rank(&scores, &[], 2), 3);
        assert_eq!(rank(&scores, &[1], 2), 2);
        assert_eq!(rank(&scores, &[0, 1, 4], 2), 1);
        assert_eq!(rank(&scores, &[], 0), 2);
        assert_eq!(rank(&scores, &[0], 1), 0);
    }

    #[test]
    fn quality_is_the_mean_over_all_baskets() {
        // By hand: gains 1, 1 / log2(4) = 0.5, 1 / log2(64) = 1 / 6, 0, 0.
        let quality = Quality::from_ranks(&[Some(0), Some(2), Some(62), Some(100), None]);
        assert!((quality.ndcg_100 - (1.0 + 0.5 + 1.0 / 6.0) / 5.0).abs() < 1e-12);
        assert!((quality.hit_rate_20 - 0.4).abs() < 1e-12);
        assert!((quality.hit_rate_50 - 0.4).abs() < 1e-12);
        assert_eq!(Quality::from_ranks(&[]), Quality::default());
    }
}
