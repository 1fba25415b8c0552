//! The whole recommender, ready to score.

use super::{
    Affinities, EaseError, Neighbours, Parameters, Scratch, affinities, recent_popularity,
};
use crate::dataset::Corpus;

/// How large the parts of a recommender may become.
#[derive(Debug, Clone, Copy)]
pub struct FitOptions {
    /// Affinities are learned among so many of the most frequent items; the others have their neighbours.
    pub dense_items: usize,
    /// Keep so many affinities of each item, or all of them.
    pub strongest: Option<usize>,
}

/// A learned recommender. Items have the numbers of its corpus.
#[derive(Debug)]
pub struct Recommender {
    /// What was learned from, and what votes.
    pub corpus: Corpus,
    /// Weights among the most frequent items.
    pub affinities: Affinities,
    /// How it was learned.
    pub parameters: Parameters,
    neighbours: Neighbours,
    popularity: Vec<f32>,
}

impl Recommender {
    /// Learns from a corpus.
    pub fn fit(
        corpus: Corpus,
        parameters: Parameters,
        options: FitOptions,
    ) -> Result<Self, EaseError> {
        let learned = affinities(&corpus, options.dense_items, &parameters.ease)?;
        let learned = match options.strongest {
            Some(most) => learned.strongest(most),
            None => learned,
        };
        Ok(Self::from_parts(corpus, learned, parameters))
    }

    /// Puts together what was learned before.
    pub fn from_parts(corpus: Corpus, affinities: Affinities, parameters: Parameters) -> Self {
        let neighbours = Neighbours::new(&corpus, &parameters.neighbours);
        let popularity = recent_popularity(&corpus);
        Self {
            corpus,
            affinities,
            parameters,
            neighbours,
            popularity,
        }
    }

    /// Scores every item for a basket of known items. Items of the basket are scored as well.
    pub fn score(&self, context: &[u32], scratch: &mut Scratch, scores: &mut Vec<f32>) {
        let blend = &self.parameters.blend;
        scores.clear();
        scores.extend(self.popularity.iter().map(|share| blend.popularity * share));
        for &item in context {
            self.affinities.add(item, scores);
        }
        self.neighbours
            .add(&self.corpus, context, blend.neighbours, scratch, scores);
    }

    /// The best `limit` items that are not in the basket, best first. Ties go to the more popular item.
    pub fn recommend(&self, context: &[u32], limit: usize) -> Vec<(u32, f32)> {
        let mut scores = Vec::with_capacity(self.corpus.items());
        self.score(context, &mut Scratch::default(), &mut scores);
        let mut best: Vec<(u32, f32)> = (0_u32..)
            .zip(scores)
            .filter(|(item, _)| !context.contains(item))
            .collect();
        let order = |left: &(u32, f32), right: &(u32, f32)| {
            right.1.total_cmp(&left.1).then(left.0.cmp(&right.0))
        };
        if limit < best.len() {
            best.select_nth_unstable_by(limit, order);
            best.truncate(limit);
        }
        best.sort_unstable_by(order);
        best
    }
}

#[cfg(test)]
mod tests {
    use super::{FitOptions, Recommender};
    use crate::dataset::{Baskets, Corpus};
    use crate::model::Parameters;

    fn learned(strongest: Option<usize>) -> Recommender {
        let mut baskets = Baskets::default();
        for _ in 0..40 {
            for basket in [[0_u32, 2], [1, 3], [0, 2], [0, 1]] {
                baskets.push(&basket);
            }
        }
        let corpus = Corpus::from_numbered(baskets, 4);
        Recommender::fit(
            corpus,
            Parameters::default(),
            FitOptions {
                dense_items: 10,
                strongest,
            },
        )
        .unwrap()
    }

    #[test]
    fn what_is_bought_together_is_recommended() {
        for strongest in [None, Some(2)] {
            let recommender = learned(strongest);
            assert_eq!(recommender.recommend(&[3], 1)[0].0, 1);
            assert_eq!(recommender.recommend(&[2], 8)[0].0, 0);
        }
    }

    #[test]
    fn the_basket_itself_is_not_and_the_limit_holds() {
        let recommender = learned(None);
        let all = recommender.recommend(&[0, 1], 8);
        assert_eq!(all.len(), 2);
        assert!(all.iter().all(|(item, _)| *item >= 2));
        assert_eq!(recommender.recommend(&[0], 0), []);
    }

    #[test]
    fn an_empty_basket_gets_what_sells_best() {
        assert_eq!(learned(None).recommend(&[], 1)[0].0, 0);
    }
}
