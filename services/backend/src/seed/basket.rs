//! What goes into a simulated basket.

use std::collections::BTreeMap;

use super::Catalogue;
use super::customers::Customer;
use super::random::Random;

/// Some purchases have nothing to do with anything.
const WHIM: f64 = 0.10;
/// How much more likely an item is bought with its partners (same colour, or a pair that happens to suit).
const PARTNER: f64 = 6.0;
/// Most people need one pan, but several kinds of tea.
const SAME_LINE: f64 = 0.15;
const SAME_PANTRY_LINE: f64 = 0.8;
/// Popularity falls with the rank like a power law of this exponent.
const SKEW: f64 = 0.45;

/// Everything about the catalogue that choosing needs.
pub(super) struct Chooser<'catalogue> {
    catalogue: &'catalogue Catalogue,
    topics: Vec<Vec<usize>>,
    popularity: Vec<f64>,
}

impl<'catalogue> Chooser<'catalogue> {
    pub(super) fn new(catalogue: &'catalogue Catalogue, random: &mut Random) -> Self {
        let mut topics: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, item) in catalogue.items.iter().enumerate() {
            for topic in &item.topics {
                topics.entry(topic).or_default().push(index);
            }
        }
        let popularity = catalogue
            .items
            .iter()
            .map(|_| (1.0 + random.fraction() * 200.0).powf(-SKEW))
            .collect();
        Self {
            catalogue,
            topics: topics.into_values().collect(),
            popularity,
        }
    }

    pub(super) fn topic_count(&self) -> usize {
        self.topics.len()
    }

    /// Indices of different items, in the order in which they were chosen.
    pub(super) fn fill(&self, random: &mut Random, customer: &Customer) -> Vec<usize> {
        let weights: Vec<f64> = customer.topics.iter().map(|(_, weight)| *weight).collect();
        let (topic, _) = customer.topics[random.weighted(&weights).unwrap_or_default()];
        let size = size(random);
        let mut basket: Vec<usize> = Vec::with_capacity(size);
        while basket.len() < size {
            let candidates: Vec<usize> = if random.chance(WHIM) {
                (0..self.catalogue.items.len()).collect()
            } else {
                self.topics[topic].clone()
            };
            let weights: Vec<f64> = candidates
                .iter()
                .map(|candidate| self.weight(customer, &basket, *candidate))
                .collect();
            let Some(chosen) = random.weighted(&weights) else {
                break;
            };
            basket.push(candidates[chosen]);
        }
        basket
    }

    fn weight(&self, customer: &Customer, basket: &[usize], candidate: usize) -> f64 {
        if basket.contains(&candidate) {
            return 0.0;
        }
        let item = &self.catalogue.items[candidate];
        let mut weight = self.popularity[candidate] * customer.liking(item);
        for chosen in basket {
            let other = &self.catalogue.items[*chosen];
            if other.line == item.line {
                weight *= if item.category == "pantry" {
                    SAME_PANTRY_LINE
                } else {
                    SAME_LINE
                };
            } else if other.colour == item.colour || are_a_pair(candidate, *chosen) {
                weight *= PARTNER;
            }
        }
        weight
    }
}

/// One in nine pairs of items suits for reasons that no attribute tells: only orders show it.
fn are_a_pair(one: usize, other: usize) -> bool {
    let pair = (one.min(other) * 65_537 + one.max(other)) as u64;
    Random::new(pair).below(9) == 0
}

/// From one item to nine, about three on average.
fn size(random: &mut Random) -> usize {
    1 + random
        .weighted(&[0.18, 0.24, 0.22, 0.15, 0.09, 0.06, 0.03, 0.02, 0.01])
        .unwrap_or_default()
}
