//! Many short lists of numbers in two flat vectors.

use std::ops::Range;

/// A list of baskets, each a list of distinct numbers in ascending order.
///
/// Used both for "the items of a basket" and, transposed, for "the baskets of an item".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baskets {
    offsets: Vec<usize>,
    items: Vec<u32>,
}

impl Default for Baskets {
    fn default() -> Self {
        Self {
            offsets: vec![0],
            items: Vec::new(),
        }
    }
}

impl Baskets {
    /// Appends one basket; the numbers must be distinct and ascending.
    pub fn push(&mut self, items: &[u32]) {
        debug_assert!(
            items.is_sorted_by(|left, right| left < right),
            "distinct and ascending"
        );
        self.items.extend_from_slice(items);
        self.offsets.push(self.items.len());
    }

    /// How many baskets there are.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there is no basket.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many lines there are in all baskets together.
    pub fn lines(&self) -> usize {
        self.items.len()
    }

    /// The items of one basket.
    pub fn get(&self, basket: usize) -> &[u32] {
        &self.items[self.offsets[basket]..self.offsets[basket + 1]]
    }

    /// The baskets of a range, in order.
    pub fn range(&self, range: Range<usize>) -> impl Iterator<Item = &[u32]> {
        range.map(|basket| self.get(basket))
    }

    /// All baskets, in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u32]> {
        self.range(0..self.len())
    }

    /// For each number below `numbers`, the baskets that hold it.
    #[must_use]
    pub fn transposed(&self, numbers: usize) -> Self {
        let mut offsets = vec![0_usize; numbers + 1];
        for &item in &self.items {
            offsets[item as usize + 1] += 1;
        }
        for index in 0..numbers {
            offsets[index + 1] += offsets[index];
        }
        let mut next = offsets.clone();
        let mut items = vec![0_u32; self.items.len()];
        for (basket, list) in (0_u32..).zip(self.iter()) {
            for &item in list {
                items[next[item as usize]] = basket;
                next[item as usize] += 1;
            }
        }
        Self { offsets, items }
    }
}

#[cfg(test)]
mod tests {
    use super::Baskets;

    #[test]
    fn transposing_twice_gives_the_same_back() {
        let mut baskets = Baskets::default();
        baskets.push(&[0, 2]);
        baskets.push(&[]);
        baskets.push(&[1, 2, 3]);
        let postings = baskets.transposed(5);
        assert_eq!(postings.get(2), [0, 2]);
        assert_eq!(postings.get(4), [0_u32; 0]);
        assert_eq!(postings.transposed(3), baskets);
        assert_eq!(baskets.lines(), 5);
    }
}
