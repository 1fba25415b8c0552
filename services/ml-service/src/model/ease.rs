//! The closed-form linear item-to-item model: EASE (Steck 2019) with the dropout term of EDLAE (Steck 2020).
//!
//! With the weighted co-occurrence matrix `G` and a diagonal `D` (ridge and dropout), `P = (G + D)^-1` and the weight of
//! item `i` for item `j` is `-P[i][j] / P[j][j]`, zero on the diagonal. The matrix is inverted through its Cholesky
//! factor. Two square matrices of `f32` are alive at the same time, and no third.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{
    LltParams, LltRegularization, cholesky_in_place, cholesky_in_place_scratch,
};
use faer::linalg::matmul::triangular::{BlockStructure, matmul};
use faer::linalg::triangular_inverse::invert_lower_triangular;
use faer::{Accum, Auto, MatMut, MatRef, Par, Spec};
use rayon::prelude::*;

use super::gram::lower_gram;
use super::{Affinities, EaseParameters};
use crate::dataset::Corpus;

/// Times the ridge is raised tenfold when rounding has made the matrix indefinite.
const ATTEMPTS: usize = 4;

/// Why no affinities could be learned.
#[derive(Debug, thiserror::Error)]
pub enum EaseError {
    /// The matrix stays indefinite, whatever is added to its diagonal.
    #[error("the co-occurrence matrix of {0} items cannot be factorised")]
    Indefinite(usize),
}

/// Learns the affinities among the `size` most frequent items.
pub fn affinities(
    corpus: &Corpus,
    size: usize,
    parameters: &EaseParameters,
) -> Result<Affinities, EaseError> {
    let size = size.min(corpus.items());
    let mut ridge = parameters.ridge;
    for _ in 0..ATTEMPTS {
        let mut matrix = lower_gram(corpus, size, |length| {
            weight(length, parameters.length_power)
        });
        for cell in matrix.iter_mut().step_by(size + 1) {
            *cell += *cell * parameters.dropout + ridge;
        }
        if let Some(inverse) = inverse(matrix, size) {
            return Ok(Affinities::Dense {
                size,
                weights: to_weights(inverse, size),
            });
        }
        ridge = ridge.max(1.0) * 10.0;
    }
    Err(EaseError::Indefinite(size))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a basket has far fewer than 2^24 items"
)]
fn weight(length: usize, power: f32) -> f32 {
    (length as f32).powf(-power)
}

/// The lower triangle of the inverse of a positive definite matrix, of which the lower triangle is given.
///
/// `None` when the matrix is not positive definite.
fn inverse(mut matrix: Vec<f32>, size: usize) -> Option<Vec<f32>> {
    let parallel = Par::rayon(0);
    let parameters = Spec::<LltParams, f32>::from(<LltParams as Auto<f32>>::auto());
    let mut scratch = MemBuffer::new(cholesky_in_place_scratch::<f32>(size, parallel, parameters));
    let factor = MatMut::from_column_major_slice_mut(&mut matrix, size, size);
    let regularization = LltRegularization::default();
    cholesky_in_place(
        factor,
        regularization,
        parallel,
        MemStack::new(&mut scratch),
        parameters,
    )
    .ok()?;
    let mut inverted = vec![0.0_f32; size * size];
    invert_lower_triangular(
        MatMut::from_column_major_slice_mut(&mut inverted, size, size),
        MatRef::from_column_major_slice(&matrix, size, size),
        parallel,
    );
    let factor = MatRef::from_column_major_slice(&inverted, size, size);
    // The first matrix has done its duty: the product goes there.
    matmul(
        MatMut::from_column_major_slice_mut(&mut matrix, size, size),
        BlockStructure::TriangularLower,
        Accum::Replace,
        factor.transpose(),
        BlockStructure::TriangularUpper,
        factor,
        BlockStructure::TriangularLower,
        1.0,
        parallel,
    );
    Some(matrix)
}

/// Turns the lower triangle of the inverse into row-major weights, in place.
fn to_weights(mut inverse: Vec<f32>, size: usize) -> Vec<f32> {
    mirror(&mut inverse, size);
    let scale: Vec<f32> = (0..size)
        .map(|item| -1.0 / inverse[item * size + item])
        .collect();
    inverse
        .par_chunks_mut(size.max(1))
        .enumerate()
        .for_each(|(item, row)| {
            for (weight, factor) in row.iter_mut().zip(&scale) {
                *weight *= factor;
            }
            row[item] = 0.0;
        });
    inverse
}

/// Copies the lower triangle of a column-major matrix to its upper one, in blocks that stay in the cache.
fn mirror(matrix: &mut [f32], size: usize) {
    const BLOCK: usize = 64;
    for column in (0..size).step_by(BLOCK) {
        for row in (column..size).step_by(BLOCK) {
            for left in column..(column + BLOCK).min(size) {
                for below in row.max(left + 1)..(row + BLOCK).min(size) {
                    matrix[below * size + left] = matrix[left * size + below];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{affinities, inverse};
    use crate::dataset::{Baskets, Corpus};
    use crate::model::{Affinities, EaseParameters};

    #[test]
    fn a_known_matrix_is_inverted() {
        // [[4, 2], [2, 3]] has the inverse [[3, -2], [-2, 4]] / 8.
        let inverse = inverse(vec![4.0, 2.0, 0.0, 3.0], 2).unwrap();
        for (cell, expected) in [(0, 0.375), (1, -0.25), (3, 0.5)] {
            assert!((inverse[cell] - expected).abs() < 1e-6, "{inverse:?}");
        }
    }

    #[test]
    fn an_indefinite_matrix_is_not() {
        assert!(inverse(vec![1.0, 2.0, 0.0, 1.0], 2).is_none());
    }

    #[test]
    fn weights_follow_the_closed_form() {
        let mut baskets = Baskets::default();
        for basket in [&[0_u32, 1][..], &[0, 1], &[0]] {
            baskets.push(basket);
        }
        let corpus = Corpus::from_numbered(baskets, 2);
        let parameters = EaseParameters {
            length_power: 0.0,
            dropout: 0.0,
            ridge: 1.0,
        };
        // G + D = [[4, 2], [2, 3]]: the weight of 0 for 1 is 2 / 4 and of 1 for 0 it is 2 / 3.
        let Affinities::Dense { weights, .. } = affinities(&corpus, 9, &parameters).unwrap() else {
            panic!()
        };
        for (weight, expected) in weights.iter().zip([0.0, 0.5, 2.0 / 3.0, 0.0]) {
            assert!((weight - expected).abs() < 1e-6, "{weights:?}");
        }
    }

    #[test]
    fn nothing_gives_nothing() {
        let corpus = Corpus::from_numbered(Baskets::default(), 0);
        let learned = affinities(&corpus, 10, &EaseParameters::default()).unwrap();
        assert_eq!(
            learned,
            Affinities::Dense {
                size: 0,
                weights: Vec::new()
            }
        );
    }
}
