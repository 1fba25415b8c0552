//! Hiding one item of each test basket, and looking for it.

use std::ops::Range;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::{Quality, rank};
use crate::dataset::{Corpus, Interactions};
use crate::model::Scratch;

/// One test basket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The items that are shown.
    pub context: Vec<u32>,
    /// The one that is not.
    pub hidden: u32,
}

/// Hides one item of each basket of a range that has two or more.
///
/// Which one depends on the seed and on the names of basket and items, and on nothing else.
pub fn tasks(interactions: &Interactions, range: Range<usize>, seed: u64) -> Vec<Task> {
    range
        .filter(|&basket| interactions.baskets.get(basket).len() >= 2)
        .map(|basket| {
            let mut context = interactions.baskets.get(basket).to_vec();
            let hidden = context.remove(draw(
                seed,
                &interactions.basket_names[basket],
                context.len(),
            ));
            Task { context, hidden }
        })
        .collect()
}

/// A number below `below`, drawn by name.
fn draw(seed: u64, name: &str, below: usize) -> usize {
    let digest = Sha256::new()
        .chain_update(seed.to_le_bytes())
        .chain_update(name)
        .finalize();
    let number = digest
        .iter()
        .take(7)
        .fold(0_usize, |number, &byte| number << 8 | usize::from(byte));
    number % below
}

/// Measures a way of scoring: called with the known items of a basket and a vector to fill with the scores of all items.
///
/// A hidden item that is not in the corpus is a miss.
pub fn measure(
    corpus: &Corpus,
    tasks: &[Task],
    score: impl Fn(&[u32], &mut Scratch, &mut Vec<f32>) + Sync,
) -> Quality {
    let ranks: Vec<Option<usize>> = tasks
        .par_iter()
        .map_init(
            || (Scratch::default(), Vec::new()),
            |(scratch, scores), task| {
                let hidden = corpus.number(task.hidden)?;
                let context = corpus.known(&task.context);
                score(&context, scratch, scores);
                Some(rank(scores, &context, hidden))
            },
        )
        .collect();
    Quality::from_ranks(&ranks)
}

#[cfg(test)]
mod tests {
    use super::{Task, measure, tasks};
    use crate::dataset::{Corpus, Interactions, InteractionsBuilder};
    use crate::model::popularity;

    /// Ten baskets, of which the last two are the test. Item "new" is not in training.
    fn interactions() -> Interactions {
        let mut builder = InteractionsBuilder::default();
        for (time, items) in (0_i64..).zip([
            "a b", "a b", "a c", "a", "b", "a c", "b", "d", "c d", "a new e",
        ]) {
            for item in items.split(' ') {
                builder.add(&format!("basket{time}"), item, time);
            }
        }
        builder.finish()
    }

    #[test]
    fn popularity_scores_as_computed_by_hand() {
        let interactions = interactions();
        let start = interactions.test_start();
        assert_eq!(start, 8);
        let corpus = Corpus::new(
            &interactions.baskets,
            0..start,
            interactions.item_names.len(),
            usize::MAX,
        );
        let sales = popularity(&corpus);
        // Training sales: a 5, b 4, c 2, d 1; e and new 0.
        assert_eq!(sales, [5.0, 4.0, 2.0, 1.0]);
        let number = |name: &str| {
            u32::try_from(
                interactions
                    .item_names
                    .iter()
                    .position(|item| item == name)
                    .unwrap(),
            )
            .unwrap()
        };
        let hide = |context: &[&str], hidden: &str| Task {
            context: context.iter().map(|name| number(name)).collect(),
            hidden: number(hidden),
        };
        // d behind a and b (c is in the basket): rank 3, gain 1 / log2(4). "new" is a miss. a behind nothing: gain 1.
        let tasks = [
            hide(&["c"], "d"),
            hide(&["a", "e"], "new"),
            hide(&["e", "new"], "a"),
        ];
        let quality = measure(&corpus, &tasks, |_, _, scores| scores.clone_from(&sales));
        assert!((quality.ndcg_100 - 0.5).abs() < 1e-12, "{quality:?}");
        assert!(
            (quality.hit_rate_20 - 2.0 / 3.0).abs() < 1e-12,
            "{quality:?}"
        );
    }

    #[test]
    fn one_item_is_hidden_by_seed_and_name() {
        let interactions = interactions();
        let range = interactions.test_start()..interactions.baskets.len();
        let first = tasks(&interactions, range.clone(), 1);
        assert_eq!(first, tasks(&interactions, range.clone(), 1));
        assert_eq!(
            first
                .iter()
                .map(|task| task.context.len())
                .collect::<Vec<_>>(),
            [1, 2]
        );
        assert!(
            first
                .iter()
                .all(|task| !task.context.contains(&task.hidden))
        );
        assert!((2..20).any(|seed| tasks(&interactions, range.clone(), seed) != first));
        // Baskets of one item are no test.
        assert_eq!(tasks(&interactions, 3..5, 1), []);
    }
}
