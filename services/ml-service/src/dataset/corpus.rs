//! Training baskets with items numbered by how often they sell.

use std::ops::Range;

use super::Baskets;

/// Marks an item that the corpus does not know.
const ABSENT: u32 = u32::MAX;

/// Training baskets and their transpose. Item 0 is the best-selling one, so that "the most frequent items" are a prefix.
#[derive(Debug)]
pub struct Corpus {
    /// Items of each basket, oldest first. No basket is empty.
    pub baskets: Baskets,
    /// Baskets of each item.
    pub postings: Baskets,
    /// The number that each item had outside.
    pub outside: Vec<u32>,
    inside: Vec<u32>,
}

impl Corpus {
    /// Takes a range of baskets, keeping the `most` best-selling of `items` items. Ties go to the lower number.
    pub fn new(source: &Baskets, range: Range<usize>, items: usize, most: usize) -> Self {
        let mut counts = vec![0_u32; items];
        for &item in source.range(range.clone()).flatten() {
            counts[item as usize] += 1;
        }
        let mut outside: Vec<u32> = (0_u32..)
            .zip(&counts)
            .filter(|(_, count)| **count > 0)
            .map(|(item, _)| item)
            .collect();
        outside.sort_by_key(|&item| std::cmp::Reverse(counts[item as usize]));
        outside.truncate(most);
        let mut inside = vec![ABSENT; items];
        for (number, &item) in (0_u32..).zip(&outside) {
            inside[item as usize] = number;
        }
        let mut baskets = Baskets::default();
        for basket in source.range(range) {
            let known = known(&inside, basket);
            if !known.is_empty() {
                baskets.push(&known);
            }
        }
        Self::from_parts(baskets, outside, inside)
    }

    /// Takes baskets whose items are numbered from 0 by descending sales already.
    pub fn from_numbered(baskets: Baskets, items: u32) -> Self {
        let numbers: Vec<u32> = (0..items).collect();
        Self::from_parts(baskets, numbers.clone(), numbers)
    }

    fn from_parts(baskets: Baskets, outside: Vec<u32>, inside: Vec<u32>) -> Self {
        let postings = baskets.transposed(outside.len());
        Self {
            baskets,
            postings,
            outside,
            inside,
        }
    }

    /// How many items there are.
    pub fn items(&self) -> usize {
        self.outside.len()
    }

    /// The number in here of an item from outside.
    pub fn number(&self, item: u32) -> Option<u32> {
        self.inside
            .get(item as usize)
            .copied()
            .filter(|&number| number != ABSENT)
    }

    /// The numbers in here, ascending, of those items that are known.
    pub fn known(&self, items: &[u32]) -> Vec<u32> {
        known(&self.inside, items)
    }

    /// In how many baskets an item is.
    pub fn count(&self, item: usize) -> usize {
        self.postings.get(item).len()
    }
}

fn known(inside: &[u32], items: &[u32]) -> Vec<u32> {
    let mut known: Vec<u32> = items
        .iter()
        .map(|&item| inside[item as usize])
        .filter(|&number| number != ABSENT)
        .collect();
    known.sort_unstable();
    known
}

#[cfg(test)]
mod tests {
    use super::{Baskets, Corpus};

    #[test]
    fn items_are_numbered_by_sales_and_rare_ones_left_out() {
        let mut source = Baskets::default();
        for basket in [&[0_u32, 1, 2][..], &[2, 3], &[1, 2], &[0], &[4]] {
            source.push(basket);
        }
        let corpus = Corpus::new(&source, 0..4, 5, 2);
        assert_eq!(corpus.outside, [2, 0]);
        assert_eq!(corpus.baskets.len(), 4);
        assert_eq!(corpus.baskets.get(0), [0, 1]);
        assert_eq!(corpus.number(3), None);
        assert_eq!(corpus.known(&[0, 1, 2]), [0, 1]);
        assert_eq!(corpus.count(0), 3);
    }
}
