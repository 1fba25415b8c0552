//! Who bought what together, and when.

use std::collections::HashMap;

use super::Baskets;

/// Baskets in the order of their times, with the names behind the numbers.
///
/// Nothing in it depends on the order in which the lines came: items are numbered by name, and baskets of the same time
/// are ordered by name.
#[derive(Debug, Default)]
pub struct Interactions {
    /// Items of each basket, oldest basket first.
    pub baskets: Baskets,
    /// Name of each basket.
    pub basket_names: Vec<String>,
    /// Name of each item.
    pub item_names: Vec<String>,
}

impl Interactions {
    /// Where the last fifth of the baskets begins: what is before is for training, the rest for the test.
    pub fn test_start(&self) -> usize {
        fifth_from_end(self.baskets.len())
    }
}

/// The index at which the last fifth of so many baskets begins.
pub(crate) fn fifth_from_end(baskets: usize) -> usize {
    baskets / 5 * 4 + baskets % 5 * 4 / 5
}

/// Collects lines in any order. See [`Interactions`].
#[derive(Debug, Default)]
pub struct InteractionsBuilder {
    baskets: Names,
    items: Names,
    earliest: Vec<i64>,
    lines: Vec<(u32, u32)>,
}

impl InteractionsBuilder {
    /// Adds a line. A basket has the time of its earliest line; a line that is there already counts once.
    pub fn add(&mut self, basket: &str, item: &str, timestamp: i64) {
        let basket = self.baskets.number(basket);
        let item = self.items.number(item);
        match self.earliest.get_mut(basket as usize) {
            Some(earliest) => *earliest = timestamp.min(*earliest),
            None => self.earliest.push(timestamp),
        }
        self.lines.push((basket, item));
    }

    /// Orders what was collected.
    pub fn finish(self) -> Interactions {
        let Self {
            baskets,
            items,
            earliest,
            mut lines,
        } = self;
        let basket_names = baskets.names();
        let item_names = items.names();
        let basket_position = positions(basket_names.len(), |left, right| {
            (earliest[left], &basket_names[left]).cmp(&(earliest[right], &basket_names[right]))
        });
        let item_position = positions(item_names.len(), |left, right| {
            item_names[left].cmp(&item_names[right])
        });
        for (basket, item) in &mut lines {
            *basket = basket_position[*basket as usize];
            *item = item_position[*item as usize];
        }
        lines.sort_unstable();
        lines.dedup();
        let mut ordered = Baskets::default();
        let mut basket = Vec::new();
        for group in lines.chunk_by(|left, right| left.0 == right.0) {
            basket.clear();
            basket.extend(group.iter().map(|line| line.1));
            ordered.push(&basket);
        }
        Interactions {
            baskets: ordered,
            basket_names: arranged(basket_names, &basket_position),
            item_names: arranged(item_names, &item_position),
        }
    }
}

/// Numbers names in the order of their first appearance.
#[derive(Debug, Default)]
struct Names(HashMap<String, u32>);

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.0.get(name) {
            return number;
        }
        let number = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        self.0.insert(name.to_owned(), number);
        number
    }

    fn names(self) -> Vec<String> {
        let mut names = vec![String::new(); self.0.len()];
        for (name, number) in self.0 {
            names[number as usize] = name;
        }
        names
    }
}

/// The position that each of `count` things has after sorting.
fn positions(count: usize, order: impl Fn(usize, usize) -> std::cmp::Ordering) -> Vec<u32> {
    let mut sorted: Vec<usize> = (0..count).collect();
    sorted.sort_unstable_by(|&left, &right| order(left, right));
    let mut position = vec![0; count];
    for (place, index) in (0_u32..).zip(sorted) {
        position[index] = place;
    }
    position
}

fn arranged(names: Vec<String>, position: &[u32]) -> Vec<String> {
    let mut arranged = vec![String::new(); names.len()];
    for (name, &place) in names.into_iter().zip(position) {
        arranged[place as usize] = name;
    }
    arranged
}

#[cfg(test)]
mod tests {
    use super::{InteractionsBuilder, fifth_from_end};

    #[test]
    fn the_order_of_the_lines_does_not_matter() {
        let lines = [
            ("b", "milk", 9),
            ("a", "tea", 9),
            ("c", "tea", 1),
            ("b", "tea", 10),
            ("a", "tea", 9),
        ];
        let build = |order: &[usize]| {
            let mut builder = InteractionsBuilder::default();
            for &index in order {
                let (basket, item, time) = lines[index];
                builder.add(basket, item, time);
            }
            builder.finish()
        };
        let forward = build(&[0, 1, 2, 3, 4]);
        let backward = build(&[4, 3, 2, 1, 0]);
        assert_eq!(forward.basket_names, ["c", "a", "b"]);
        assert_eq!(forward.item_names, ["milk", "tea"]);
        assert_eq!(forward.baskets.get(2), [0, 1]);
        assert_eq!(forward.baskets, backward.baskets);
    }

    #[test]
    fn the_last_fifth_is_the_test() {
        assert_eq!([0, 1, 4, 5, 10, 11].map(fifth_from_end), [0, 0, 3, 4, 8, 8]);
    }
}
