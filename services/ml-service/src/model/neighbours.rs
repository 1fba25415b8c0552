//! The vote of similar baskets.
//!
//! Item affinities see pairs. Whole baskets see habits: a past basket that shares several uncommon items with this one is
//! often the same household's, and what else was in it is a good guess. The most similar past baskets vote for their
//! items, each with a power of its similarity.

use super::NeighbourParameters;
use crate::dataset::Corpus;

/// Weights of items and baskets that the vote needs, computed once.
#[derive(Debug, Clone)]
pub struct Neighbours {
    rarity: Vec<f32>,
    shortness: Vec<f32>,
    sharpness: f32,
    voters: usize,
}

/// Room for one vote at a time; keep one per thread.
#[derive(Debug, Default)]
pub struct Scratch {
    shared: Vec<f32>,
    touched: Vec<(u32, f32)>,
}

impl Neighbours {
    /// Prepares for voting among the baskets of a corpus.
    #[expect(clippy::cast_precision_loss, reason = "logarithms and roots of counts")]
    pub fn new(corpus: &Corpus, parameters: &NeighbourParameters) -> Self {
        let baskets = corpus.baskets.len() as f32;
        let rarity = (0..corpus.items())
            .map(|item| {
                (baskets / (1.0 + corpus.count(item) as f32))
                    .ln()
                    .max(0.01)
                    .powf(parameters.rarity_power)
            })
            .collect();
        let shortness = (corpus.baskets.iter())
            .map(|basket| (basket.len() as f32).powf(-parameters.length_power))
            .collect();
        Self {
            rarity,
            shortness,
            sharpness: parameters.sharpness,
            voters: parameters.voters as usize,
        }
    }

    /// Adds `weight`, spread over the items by the votes of the baskets most similar to `context`.
    ///
    /// `context` must hold numbers of the corpus. Baskets that share nothing with it have no vote.
    pub fn add(
        &self,
        corpus: &Corpus,
        context: &[u32],
        weight: f32,
        scratch: &mut Scratch,
        scores: &mut [f32],
    ) {
        self.find(corpus, context, scratch);
        let strongest = scratch
            .touched
            .iter()
            .map(|voter| voter.1)
            .fold(0.0_f32, f32::max);
        let mut total = 0.0;
        for (basket, vote) in &mut scratch.touched {
            *vote = (*vote / strongest).powf(self.sharpness);
            #[expect(
                clippy::cast_precision_loss,
                reason = "a basket has far fewer than 2^24 items"
            )]
            let items = corpus.baskets.get(*basket as usize).len() as f32;
            total += *vote * items;
        }
        if total <= 0.0 {
            return;
        }
        for &(basket, vote) in &scratch.touched {
            let share = weight * vote / total;
            for &item in corpus.baskets.get(basket as usize) {
                scores[item as usize] += share;
            }
        }
    }

    /// Leaves the most similar baskets and their similarities in `scratch.touched`, in the order of the baskets.
    fn find(&self, corpus: &Corpus, context: &[u32], scratch: &mut Scratch) {
        let Scratch { shared, touched } = scratch;
        shared.resize(corpus.baskets.len(), 0.0);
        touched.clear();
        for &item in context {
            let rarity = self.rarity[item as usize];
            for &basket in corpus.postings.get(item as usize) {
                let sum = &mut shared[basket as usize];
                if *sum == 0.0 {
                    touched.push((basket, 0.0));
                }
                *sum += rarity;
            }
        }
        for (basket, similarity) in touched.iter_mut() {
            *similarity =
                std::mem::take(&mut shared[*basket as usize]) * self.shortness[*basket as usize];
        }
        if touched.len() > self.voters {
            // Of equally similar baskets the later one is preferred: habits change.
            touched.select_nth_unstable_by(self.voters, |left, right| {
                right.1.total_cmp(&left.1).then(right.0.cmp(&left.0))
            });
            touched.truncate(self.voters);
        }
        // Sums of floats depend on their order.
        touched.sort_unstable_by_key(|voter| voter.0);
    }
}

#[cfg(test)]
mod tests {
    use super::{Neighbours, Scratch};
    use crate::dataset::{Baskets, Corpus};
    use crate::model::NeighbourParameters;

    fn corpus() -> Corpus {
        let mut baskets = Baskets::default();
        for basket in [&[0_u32, 1, 2][..], &[0, 3], &[0, 1, 4], &[0]] {
            baskets.push(basket);
        }
        Corpus::from_numbered(baskets, 5)
    }

    #[test]
    fn baskets_that_share_more_say_more() {
        let corpus = corpus();
        let mut scores = vec![0.0; 5];
        let neighbours = Neighbours::new(&corpus, &NeighbourParameters::default());
        neighbours.add(&corpus, &[0, 1], 2.0, &mut Scratch::default(), &mut scores);
        assert!(scores[2] > scores[3], "{scores:?}");
        assert!(
            (scores.iter().sum::<f32>() - 2.0).abs() < 1e-5,
            "{scores:?}"
        );
    }

    #[test]
    fn of_equal_baskets_the_latest_votes() {
        let corpus = corpus();
        let mut scores = vec![0.0; 5];
        let parameters = NeighbourParameters {
            voters: 1,
            ..NeighbourParameters::default()
        };
        let mut scratch = Scratch::default();
        for _ in 0..2 {
            Neighbours::new(&corpus, &parameters).add(
                &corpus,
                &[1],
                1.0,
                &mut scratch,
                &mut scores,
            );
        }
        assert!(scores[4] > 0.6 && scores[2] == 0.0, "{scores:?}");
    }

    #[test]
    fn nobody_votes_for_an_empty_basket() {
        let corpus = corpus();
        let mut scores = vec![0.0; 5];
        let neighbours = Neighbours::new(&corpus, &NeighbourParameters::default());
        neighbours.add(&corpus, &[], 1.0, &mut Scratch::default(), &mut scores);
        assert_eq!(scores, [0.0; 5]);
    }
}
