//! From order lines to a model that is worth publishing, or a reason why there is none. Knows no database.

use std::num::ParseIntError;

use crate::dataset::{Corpus, Interactions};
use crate::evaluation::{Quality, measure, tasks};
use crate::model::{EaseError, Effort, FitOptions, Recommender, choose, popularity};
use crate::published::{ProductModel, encode};

/// Affinities of each product that are published: more change the ranking no more.
const STRONGEST: usize = 100;
/// Affinities are learned among so many products at most (0.5 GB while learning).
const DENSE_PRODUCTS: usize = 8000;
/// With fewer test baskets than this, "better than popularity" would be luck.
const FEWEST_TESTED: usize = 50;
/// Which products are hidden in the test. Fixed, so that the same orders always give the same model.
const SEED: u64 = 1;

/// What came of training.
#[derive(Debug)]
pub struct Lesson {
    /// Orders that were read.
    pub orders: usize,
    /// Products in them.
    pub products: usize,
    /// Test baskets.
    pub tested: usize,
    /// How the model did on the last fifth of the orders, having learned from the rest.
    pub model: Quality,
    /// How popularity did.
    pub popularity: Quality,
    /// The encoded model, learned from all orders; or why it is not worth publishing.
    pub result: Result<Vec<u8>, Refusal>,
}

/// Why a model is not worth publishing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The test would say nothing.
    #[error(
        "too few orders: {0} test baskets with two or more products, at least {FEWEST_TESTED} are needed"
    )]
    TooFewOrders(usize),
    /// Showing what sells best would serve customers as well.
    #[error("the new model is not better than popularity")]
    NoBetter,
}

/// Why training failed.
#[derive(Debug, thiserror::Error)]
pub enum TrainingError {
    /// Nothing could be learned.
    #[error(transparent)]
    Learn(#[from] EaseError),
    /// An item is not named by a product number.
    #[error("'{0}' is not a product number")]
    Product(String, #[source] ParseIntError),
}

/// Learns from orders whose items are named by product numbers.
///
/// The same orders give the same bytes.
pub fn learn(interactions: &Interactions) -> Result<Lesson, TrainingError> {
    let items = interactions.item_names.len();
    let training = 0..interactions.test_start();
    let tested = tasks(interactions, training.end..interactions.baskets.len(), SEED);
    let mut lesson = Lesson {
        orders: interactions.baskets.len(),
        products: items,
        tested: tested.len(),
        model: Quality::default(),
        popularity: Quality::default(),
        result: Err(Refusal::TooFewOrders(tested.len())),
    };
    if tested.len() < FEWEST_TESTED {
        return Ok(lesson);
    }
    let parameters = choose(interactions, training.clone(), Effort::QUICK)?;
    let fit = |range| {
        let corpus = Corpus::new(&interactions.baskets, range, items, usize::MAX);
        Recommender::fit(
            corpus,
            parameters,
            FitOptions {
                dense_items: DENSE_PRODUCTS,
                strongest: Some(STRONGEST),
            },
        )
    };
    let trial = fit(training)?;
    let sales = popularity(&trial.corpus);
    lesson.model = measure(&trial.corpus, &tested, |basket, scratch, scores| {
        trial.score(basket, scratch, scores);
    });
    lesson.popularity = measure(&trial.corpus, &tested, |_, _, scores| {
        scores.clone_from(&sales);
    });
    drop(trial);
    lesson.result = if lesson.model.ndcg_100 > lesson.popularity.ndcg_100 {
        let recommender = fit(0..interactions.baskets.len())?;
        let products = product_numbers(interactions, &recommender)?;
        Ok(encode(&ProductModel::new(recommender, products)))
    } else {
        Err(Refusal::NoBetter)
    };
    Ok(lesson)
}

fn product_numbers(
    interactions: &Interactions,
    recommender: &Recommender,
) -> Result<Vec<i32>, TrainingError> {
    let number = |&item: &u32| {
        let name = &interactions.item_names[item as usize];
        name.parse()
            .map_err(|error| TrainingError::Product(name.clone(), error))
    };
    recommender.corpus.outside.iter().map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::{Refusal, learn};
    use crate::dataset::{Interactions, InteractionsBuilder};
    use crate::published::decode;

    /// Orders of two products each: an even one and the odd one after it, or any two when nobody has taste.
    fn orders(count: i64, taste: bool) -> Interactions {
        let mut builder = InteractionsBuilder::default();
        for order in 0..count {
            let first = order * 7919 % 40 * 2;
            let second = if taste {
                first + 1
            } else {
                order * order * 104_729 % 80
            };
            builder.add(&format!("order{order}"), &first.to_string(), order);
            builder.add(&format!("order{order}"), &second.to_string(), order);
        }
        builder.finish()
    }

    #[test]
    fn taste_is_learned_and_the_same_orders_give_the_same_bytes() {
        let lesson = learn(&orders(1000, true)).unwrap();
        assert!(
            lesson.model.ndcg_100 > 2.0 * lesson.popularity.ndcg_100,
            "{lesson:?}"
        );
        let payload = lesson.result.unwrap();
        assert_eq!(decode(&payload).unwrap().recommend(&[10], 1)[0].0, 11);
        assert_eq!(learn(&orders(1000, true)).unwrap().result.unwrap(), payload);
    }

    #[test]
    fn too_few_orders_are_refused() {
        for count in [0, 1, 5, 200] {
            let refusal = learn(&orders(count, true)).unwrap().result.unwrap_err();
            assert!(
                matches!(refusal, Refusal::TooFewOrders(_)),
                "{count}: {refusal}"
            );
        }
    }

    #[test]
    fn a_model_that_is_no_better_is_refused() {
        let mut builder = InteractionsBuilder::default();
        for order in 0..1000 {
            // Everybody buys the two products that everybody buys: nobody can do better than popularity.
            for product in ["1", "2"] {
                builder.add(&format!("order{order}"), product, order);
            }
        }
        assert_eq!(
            learn(&builder.finish()).unwrap().result.unwrap_err(),
            Refusal::NoBetter
        );
    }
}
