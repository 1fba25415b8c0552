//! A year of simulated orders.

use serde_json::Value;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::{Builder, Uuid};

use super::basket::Chooser;
use super::customers::{self, Customer};
use super::random::Random;
use super::{Catalogue, Item};

/// Change it whenever the simulation changes, so that an existing shop gets the new history.
pub(super) const REVISION: &str = "1";

const SEED: u64 = 0x5368_6f70;
const CUSTOMERS: usize = 1_400;
const ORDERS: usize = 6_600;
const START: OffsetDateTime = datetime!(2025-11-01 00:00 UTC);
const DAYS: usize = 365;
/// How busy each month is, November first.
const SEASON: [f64; 12] = [1.2, 1.6, 0.8, 0.8, 0.9, 1.0, 1.0, 1.0, 0.9, 0.9, 1.0, 1.0];
const CANCELLED: f64 = 0.02;

/// The simulated orders, oldest first.
#[derive(Debug, Clone)]
pub struct History {
    /// The orders.
    pub orders: Vec<SimulatedOrder>,
}

/// A simulated order.
#[derive(Debug, Clone)]
pub struct SimulatedOrder {
    /// Number of the order.
    pub id: Uuid,
    /// When it was placed.
    pub created_at: OffsetDateTime,
    /// Whether it was cancelled later.
    pub cancelled: bool,
    /// Who bought.
    pub customer: Value,
    /// Product, pieces and price of a piece in euro cents.
    pub lines: Vec<(i32, i32, i64)>,
    /// The hash of no bearer.
    pub token_hash: [u8; 32],
}

impl History {
    /// Simulates customers who buy what suits them.
    pub fn simulate(catalogue: &Catalogue) -> Self {
        let mut random = Random::new(SEED);
        let chooser = Chooser::new(catalogue, &mut random);
        let colours = colours(catalogue);
        let people = customers::simulate(&mut random, CUSTOMERS, chooser.topic_count(), &colours);
        let activity: Vec<f64> = people.iter().map(|customer| customer.activity).collect();
        let mut times: Vec<_> = (0..ORDERS).map(|_| time_of_order(&mut random)).collect();
        times.sort_unstable();
        let orders = times
            .into_iter()
            .map(|created_at| {
                let customer = &people[random.weighted(&activity).unwrap_or_default()];
                order(&mut random, catalogue, &chooser, customer, created_at)
            })
            .collect();
        Self { orders }
    }
}

fn colours(catalogue: &Catalogue) -> Vec<String> {
    let mut colours: Vec<String> = catalogue
        .items
        .iter()
        .map(|item| item.colour.clone())
        .collect();
    colours.sort_unstable();
    colours.dedup();
    colours
}

fn time_of_order(random: &mut Random) -> OffsetDateTime {
    loop {
        let day = random.below(DAYS);
        let busy = SEASON[day * SEASON.len() / DAYS] / 1.6;
        if random.chance(busy) {
            // Nobody orders at four in the morning; most do in the evening.
            let hour = 8.0 + 15.0 * random.fraction().sqrt();
            return START
                + Duration::days(i64::try_from(day).unwrap_or_default())
                + Duration::seconds_f64((hour * 3600.0).round());
        }
    }
}

fn order(
    random: &mut Random,
    catalogue: &Catalogue,
    chooser: &Chooser<'_>,
    customer: &Customer,
    created_at: OffsetDateTime,
) -> SimulatedOrder {
    let basket = chooser.fill(random, customer);
    let mut lines: Vec<_> = basket
        .iter()
        .map(|index| line(random, &catalogue.items[*index]))
        .collect();
    lines.sort_unstable();
    SimulatedOrder {
        id: Builder::from_random_bytes(random.bytes()).into_uuid(),
        created_at,
        cancelled: random.chance(CANCELLED),
        customer: customer.details.clone(),
        lines,
        token_hash: random.bytes(),
    }
}

/// Cheap things are bought in twos and threes.
fn line(random: &mut Random, item: &Item) -> (i32, i32, i64) {
    let several = if item.price < 1500 { 0.35 } else { 0.08 };
    let quantity = if random.chance(several) {
        2 + i32::from(random.chance(0.3))
    } else {
        1
    };
    (item.id, quantity, item.price)
}
