//! Item-to-item weights, all of them or only the strongest.

use rayon::prelude::*;

/// What having an item in the basket adds to the score of every other item.
#[derive(Debug, Clone, PartialEq)]
pub enum Affinities {
    /// A square row-major matrix over the most frequent items.
    Dense {
        /// Items on each side.
        size: usize,
        /// Row: the item in the basket. Column: the item that is scored.
        weights: Vec<f32>,
    },
    /// For each item in the basket, the items that it speaks for or against most strongly.
    Sparse(Vec<Vec<(u32, f32)>>),
}

impl Affinities {
    /// Adds the weights of one item of the basket to the scores.
    pub fn add(&self, item: u32, scores: &mut [f32]) {
        match self {
            Self::Dense { size, weights } => {
                let row = item as usize * size;
                for (score, weight) in scores
                    .iter_mut()
                    .zip(weights.get(row..row + size).unwrap_or_default())
                {
                    *score += weight;
                }
            }
            Self::Sparse(rows) => {
                for &(other, weight) in rows.get(item as usize).map_or(&[][..], Vec::as_slice) {
                    if let Some(score) = scores.get_mut(other as usize) {
                        *score += weight;
                    }
                }
            }
        }
    }

    /// Keeps of each row the `most` weights that are farthest from zero, in the order of their items.
    #[must_use]
    pub fn strongest(self, most: usize) -> Self {
        let Self::Dense { size, weights } = self else {
            return self;
        };
        if size == 0 {
            return Self::Sparse(Vec::new());
        }
        let rows = weights
            .par_chunks(size)
            .map(|row| strongest_of(row, most))
            .collect();
        Self::Sparse(rows)
    }
}

fn strongest_of(row: &[f32], most: usize) -> Vec<(u32, f32)> {
    let mut kept: Vec<(u32, f32)> = (0_u32..)
        .zip(row.iter().copied())
        .filter(|entry| entry.1 != 0.0)
        .collect();
    if kept.len() > most {
        kept.select_nth_unstable_by(most, |left, right| {
            right
                .1
                .abs()
                .total_cmp(&left.1.abs())
                .then(left.0.cmp(&right.0))
        });
        kept.truncate(most);
    }
    kept.sort_unstable_by_key(|entry| entry.0);
    kept
}

#[cfg(test)]
mod tests {
    use super::Affinities;

    #[test]
    fn the_strongest_weights_are_kept_with_their_signs() {
        let dense = Affinities::Dense {
            size: 3,
            weights: vec![0.0, 0.1, -0.5, 0.2, 0.0, 0.3, 0.9, 0.0, 0.0],
        };
        let mut all = vec![0.0; 3];
        dense.add(0, &mut all);
        assert_eq!(all, [0.0, 0.1, -0.5]);
        let sparse = dense.strongest(1);
        assert_eq!(
            sparse,
            Affinities::Sparse(vec![vec![(2, -0.5)], vec![(2, 0.3)], vec![(0, 0.9)]])
        );
        let mut some = vec![0.0; 3];
        sparse.add(0, &mut some);
        sparse.add(9, &mut some);
        assert_eq!(some, [0.0, 0.0, -0.5]);
    }
}
