//! An invented supermarket that behaves like one.
//!
//! Popularity is steep (Zipf). Each household has its regular items, and favourite dishes whose ingredients are bought
//! together. Items come and go, so that the last weeks differ from the first. Baskets are mostly small.

use std::collections::BTreeSet;

/// How large it is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Baskets from the first to the last day.
    pub baskets: u32,
    /// Different items.
    pub items: u32,
    /// Households that shop there.
    pub households: u32,
}

/// Sells the next basket whenever it is asked for one.
#[derive(Debug)]
pub struct Supermarket {
    size: Size,
    random: Random,
    /// Cumulated popularity, to draw from.
    popularity: Vec<f64>,
    dishes: Vec<Vec<u32>>,
    households: Vec<Household>,
}

#[derive(Debug)]
struct Household {
    regulars: Vec<u32>,
    dishes: Vec<u32>,
}

const INGREDIENTS: u32 = 6;
const REGULARS: u32 = 30;
const FAVOURITES: u32 = 4;
/// Size of a basket beyond its first item: doubling from there on gets rarer by this share.
const MEAN_MORE: f64 = 7.5;

impl Supermarket {
    /// Opens it. The same seed sells the same baskets.
    pub fn new(size: Size, seed: u64) -> Self {
        let mut random = Random(seed);
        let mut cumulated = 0.0;
        let popularity = (0..size.items)
            .map(|item| {
                cumulated += f64::from(item + 10).powf(-0.9);
                cumulated
            })
            .collect::<Vec<_>>();
        // Ingredients are of any popularity: a dish needs both onions and saffron.
        let dishes = (0..=size.items / 8)
            .map(|_| (0..INGREDIENTS).map(|_| random.below(size.items)).collect())
            .collect::<Vec<Vec<u32>>>();
        let dish_count = u32::try_from(dishes.len()).unwrap_or(u32::MAX);
        let households = (0..size.households.max(1))
            .map(|_| Household {
                regulars: (0..REGULARS).map(|_| random.drawn(&popularity)).collect(),
                dishes: (0..FAVOURITES).map(|_| random.below(dish_count)).collect(),
            })
            .collect();
        Self {
            size,
            random,
            popularity,
            dishes,
            households,
        }
    }

    /// The items of the basket with this number; numbers are times.
    pub fn basket(&mut self, number: u32) -> BTreeSet<u32> {
        let random = &mut self.random;
        let household = random.pick(&self.households);
        let wanted = 1.0 - random.unit().ln() * MEAN_MORE;
        let mut basket = BTreeSet::new();
        let mut tries = 0.0;
        while tries < wanted {
            tries += 1.0;
            match random.below(10) {
                0..=4 => drop(basket.insert(*random.pick(&household.regulars))),
                5..=6 => {
                    let dish = &self.dishes[*random.pick(&household.dishes) as usize];
                    for _ in 0..3 {
                        basket.insert(*random.pick(dish));
                        tries += 0.7;
                    }
                }
                _ => drop(basket.insert(random.drawn(&self.popularity))),
            }
        }
        basket
            .into_iter()
            .map(|item| self.successor(item, number))
            .collect()
    }

    /// Every seventh item is replaced by the next one at some time.
    fn successor(&self, item: u32, number: u32) -> u32 {
        let replaced_at = item.wrapping_mul(2_654_435_761) % self.size.baskets.max(1);
        if item % 7 == 3 && number > replaced_at {
            (item + 1) % self.size.items
        } else {
            item
        }
    }
}

/// The generator known as `SplitMix64`: small, fast, and the same everywhere.
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Above 0 and below 1.
    fn unit(&mut self) -> f64 {
        (f64::from(u32::try_from(self.next() >> 32).unwrap_or(0)) + 0.5) / 4_294_967_296.0
    }

    fn below(&mut self, below: u32) -> u32 {
        u32::try_from(self.next() % u64::from(below.max(1))).unwrap_or(0)
    }

    fn pick<'items, T>(&mut self, items: &'items [T]) -> &'items T {
        let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
        &items[self.below(count) as usize]
    }

    /// An index, by cumulated weights.
    fn drawn(&mut self, cumulated: &[f64]) -> u32 {
        let point = self.unit() * cumulated.last().copied().unwrap_or(0.0);
        u32::try_from(cumulated.partition_point(|&weight| weight < point)).unwrap_or(0)
    }
}
