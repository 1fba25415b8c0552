//! How often two items are bought together, weighted.

use rayon::prelude::*;

use crate::dataset::{Baskets, Corpus};

/// Adds up `basket_weight(length)` over the baskets that hold both items, for the first `size` items.
///
/// The result is the lower triangle of a column-major matrix; what is above the diagonal is zero. Work is
/// proportional to the sum of the squared basket lengths, and columns are independent of one another.
pub(super) fn lower_gram(
    corpus: &Corpus,
    size: usize,
    basket_weight: impl Fn(usize) -> f32 + Sync,
) -> Vec<f32> {
    let weights: Vec<f32> = corpus
        .baskets
        .iter()
        .map(|basket| basket_weight(basket.len()))
        .collect();
    let mut gram = vec![0.0_f32; size * size];
    if size == 0 {
        return gram;
    }
    gram.par_chunks_mut(size)
        .enumerate()
        .with_max_len(16)
        .for_each(|(item, column)| {
            add_column(
                corpus.postings.get(item),
                &corpus.baskets,
                &weights,
                item,
                column,
            );
        });
    gram
}

fn add_column(
    postings: &[u32],
    baskets: &Baskets,
    weights: &[f32],
    item: usize,
    column: &mut [f32],
) {
    for &basket in postings {
        let items = baskets.get(basket as usize);
        let from = items.partition_point(|&other| (other as usize) < item);
        let weight = weights[basket as usize];
        for &other in &items[from..] {
            match column.get_mut(other as usize) {
                Some(cell) => *cell += weight,
                // Ascending: all that follow are beyond the matrix too.
                None => break,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::lower_gram;
    use crate::dataset::{Baskets, Corpus};

    #[test]
    fn pairs_are_counted_with_the_weight_of_their_basket() {
        let mut baskets = Baskets::default();
        for basket in [&[0_u32, 1][..], &[0, 1, 2], &[0]] {
            baskets.push(basket);
        }
        let corpus = Corpus::from_numbered(baskets, 3);
        let weight = |length: usize| [0.0, 1.0, 0.5, 0.25][length];
        assert_eq!(lower_gram(&corpus, 2, weight), [1.75, 0.75, 0.0, 0.75]);
    }
}
