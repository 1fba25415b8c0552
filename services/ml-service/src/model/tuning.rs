//! Choosing the parameters on the training baskets alone.
//!
//! The last fifth of the training baskets plays the test, the most frequent items stand for all, and one parameter at a
//! time is moved as long as it helps. Nothing of the real test is ever seen.

use std::ops::Range;

use rayon::prelude::*;

use super::{
    Affinities, BlendWeights, EaseError, EaseParameters, NeighbourParameters, Neighbours,
    Parameters, Scratch, affinities, recent_popularity,
};
use crate::dataset::{Corpus, Interactions};
use crate::evaluation::{Quality, Task, measure, rank, tasks};

/// How much goes into the choice.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// So many of the most frequent items take part.
    pub items: usize,
    /// So many test baskets take part.
    pub tasks: usize,
}

impl Effort {
    /// For the best result: less than a minute.
    pub const THOROUGH: Self = Self {
        items: 6000,
        tasks: 5000,
    };
    /// For a shop that trains every now and then: a tenth of a second.
    pub const QUICK: Self = Self {
        items: 2000,
        tasks: 400,
    };
}

/// With fewer test baskets than this, chance would choose.
const FEWEST_TASKS: usize = 100;
/// Which items are hidden in the choice; any number will do.
const SEED: u64 = 0x5eed;

const NEIGHBOUR_WEIGHTS: [f32; 6] = [0.0, 2.0, 4.0, 8.0, 16.0, 32.0];
const POPULARITY_WEIGHTS: [f32; 5] = [0.0, 0.5, 1.0, 2.0, 4.0];

/// Chooses parameters by what ranks best in the last fifth of a range of baskets.
///
/// Too few baskets to tell: the defaults, which were measured on other data.
pub fn choose(
    interactions: &Interactions,
    range: Range<usize>,
    effort: Effort,
) -> Result<Parameters, EaseError> {
    let middle = range.start + range.len() / 5 * 4;
    let corpus = Corpus::new(
        &interactions.baskets,
        range.start..middle,
        interactions.item_names.len(),
        effort.items,
    );
    let all = tasks(interactions, middle..range.end, SEED);
    let usable: Vec<Task> = all
        .into_iter()
        .filter(|task| corpus.number(task.hidden).is_some())
        .collect();
    if usable.len() < FEWEST_TASKS {
        return Ok(Parameters::default());
    }
    let step = usable.len().div_ceil(effort.tasks);
    let trial = Trial {
        corpus,
        tasks: usable.into_iter().step_by(step).collect(),
    };
    let (ease, learned) = trial.choose_ease()?;
    let scores = trial.base_scores(&learned);
    drop(learned);
    let (neighbours, weight) = trial.choose_neighbours(&scores);
    let blend = trial.choose_popularity(&scores, &neighbours, weight);
    Ok(Parameters {
        ease,
        neighbours,
        blend,
    })
}

/// The inner training part and its test.
struct Trial {
    corpus: Corpus,
    tasks: Vec<Task>,
}

impl Trial {
    fn choose_ease(&self) -> Result<(EaseParameters, Affinities), EaseError> {
        let changes: [fn(&mut EaseParameters); 6] = [
            |moved| moved.ridge *= 0.3,
            |moved| moved.ridge *= 3.0,
            |moved| moved.length_power -= 0.25,
            |moved| moved.length_power += 0.25,
            |moved| moved.dropout *= 0.4,
            |moved| moved.dropout *= 2.0,
        ];
        let mut best = EaseParameters::default();
        let mut learned = affinities(&self.corpus, self.corpus.items(), &best)?;
        let mut quality = self.affinities_quality(&learned);
        for change in changes {
            let mut moved = best;
            change(&mut moved);
            let candidate = affinities(&self.corpus, self.corpus.items(), &moved)?;
            let reached = self.affinities_quality(&candidate);
            if reached > quality {
                (best, learned, quality) = (moved, candidate, reached);
            }
        }
        Ok((best, learned))
    }

    fn affinities_quality(&self, learned: &Affinities) -> f64 {
        let quality = measure(&self.corpus, &self.tasks, |context, _, scores| {
            self.score_affinities(learned, context, scores);
        });
        quality.ndcg_100
    }

    fn score_affinities(&self, learned: &Affinities, context: &[u32], scores: &mut Vec<f32>) {
        scores.clear();
        scores.resize(self.corpus.items(), 0.0);
        for &item in context {
            learned.add(item, scores);
        }
    }

    /// The scores by affinities of all items for each task.
    fn base_scores(&self, learned: &Affinities) -> Vec<Vec<f32>> {
        let score = |task: &Task| {
            let mut scores = Vec::new();
            self.score_affinities(learned, &self.corpus.known(&task.context), &mut scores);
            scores
        };
        self.tasks.par_iter().map(score).collect()
    }

    fn choose_neighbours(&self, base: &[Vec<f32>]) -> (NeighbourParameters, f32) {
        let changes: [fn(&mut NeighbourParameters); 6] = [
            |moved| moved.sharpness -= 1.0,
            |moved| moved.sharpness += 1.0,
            |moved| moved.length_power -= 0.1,
            |moved| moved.length_power += 0.1,
            |moved| moved.rarity_power *= 0.7,
            |moved| moved.rarity_power *= 1.4,
        ];
        let mut best = NeighbourParameters::default();
        let (mut weight, mut quality) = self.blend_quality(base, &best);
        for change in changes {
            let mut moved = best;
            change(&mut moved);
            let (candidate, reached) = self.blend_quality(base, &moved);
            if reached > quality {
                (best, weight, quality) = (moved, candidate, reached);
            }
        }
        (best, weight)
    }

    /// The best weight of the neighbours, and the quality with it.
    fn blend_quality(&self, base: &[Vec<f32>], parameters: &NeighbourParameters) -> (f32, f64) {
        let neighbours = Neighbours::new(&self.corpus, parameters);
        self.best_weight(base, &NEIGHBOUR_WEIGHTS, |context, scratch, added| {
            neighbours.add(&self.corpus, context, 1.0, scratch, added);
        })
    }

    fn choose_popularity(
        &self,
        base: &[Vec<f32>],
        parameters: &NeighbourParameters,
        weight: f32,
    ) -> BlendWeights {
        let neighbours = Neighbours::new(&self.corpus, parameters);
        let recent = recent_popularity(&self.corpus);
        let blended: Vec<Vec<f32>> = (self.tasks.par_iter().zip(base))
            .map_init(Scratch::default, |scratch, (task, scores)| {
                let mut scores = scores.clone();
                neighbours.add(
                    &self.corpus,
                    &self.corpus.known(&task.context),
                    weight,
                    scratch,
                    &mut scores,
                );
                scores
            })
            .collect();
        let (popularity, _) = self.best_weight(&blended, &POPULARITY_WEIGHTS, |_, _, added| {
            added.copy_from_slice(&recent);
        });
        BlendWeights {
            neighbours: weight,
            popularity,
        }
    }

    /// Of several weights of something that is added to the base scores, the best one and its nDCG@100.
    fn best_weight(
        &self,
        base: &[Vec<f32>],
        weights: &[f32],
        add: impl Fn(&[u32], &mut Scratch, &mut [f32]) + Sync,
    ) -> (f32, f64) {
        let ranks: Vec<Vec<Option<usize>>> = (self.tasks.par_iter().zip(base))
            .map_init(Scratch::default, |scratch, (task, base)| {
                let Some(hidden) = self.corpus.number(task.hidden) else {
                    return vec![None; weights.len()];
                };
                let context = self.corpus.known(&task.context);
                let mut added = vec![0.0; base.len()];
                add(&context, scratch, &mut added);
                let blend = |weight: &f32| {
                    let scores: Vec<f32> = base
                        .iter()
                        .zip(&added)
                        .map(|(base, add)| base + weight * add)
                        .collect();
                    Some(rank(&scores, &context, hidden))
                };
                weights.iter().map(blend).collect()
            })
            .collect();
        let quality = |index: usize| {
            let ranks: Vec<Option<usize>> = ranks.iter().map(|of_task| of_task[index]).collect();
            Quality::from_ranks(&ranks).ndcg_100
        };
        let mut best = (weights[0], quality(0));
        for (index, &weight) in weights.iter().enumerate().skip(1) {
            let reached = quality(index);
            if reached > best.1 {
                best = (weight, reached);
            }
        }
        best
    }
}
