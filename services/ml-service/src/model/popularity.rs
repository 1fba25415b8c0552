//! How often items sell: the baseline, and the part of the recommender that answers when nothing else can.

use crate::dataset::Corpus;

/// Share of the history after which a sale counts half.
const HALF_LIFE: f32 = 0.125;

/// Sales of each item in all baskets.
#[expect(
    clippy::cast_precision_loss,
    reason = "sales far below 2^24 are exact, above the order is what counts"
)]
pub fn popularity(corpus: &Corpus) -> Vec<f32> {
    (0..corpus.items())
        .map(|item| corpus.count(item) as f32)
        .collect()
}

/// Sales of each item, recent ones counting more; sums to 1.
///
/// Age is counted in baskets, not in seconds, so that any unit of time will do.
#[expect(
    clippy::cast_precision_loss,
    reason = "a position within the history needs no more than 24 bits"
)]
pub fn recent_popularity(corpus: &Corpus) -> Vec<f32> {
    let baskets = corpus.baskets.len();
    let half_life = baskets as f32 * HALF_LIFE;
    let mut recent = vec![0.0_f32; corpus.items()];
    for (position, basket) in corpus.baskets.iter().enumerate() {
        let weight = (-((baskets - 1 - position) as f32) / half_life).exp2();
        for &item in basket {
            recent[item as usize] += weight;
        }
    }
    let total: f32 = recent.iter().sum();
    if total > 0.0 {
        for share in &mut recent {
            *share /= total;
        }
    }
    recent
}

#[cfg(test)]
mod tests {
    use super::{popularity, recent_popularity};
    use crate::dataset::{Baskets, Corpus};

    #[test]
    fn recent_sales_count_more() {
        let mut baskets = Baskets::default();
        for basket in [[0_u32], [0], [1], [1]] {
            baskets.push(&basket);
        }
        let corpus = Corpus::from_numbered(baskets, 2);
        assert_eq!(popularity(&corpus), [2.0, 2.0]);
        let recent = recent_popularity(&corpus);
        assert!(recent[1] > recent[0], "{recent:?}");
        assert!((recent.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }
}
