//! Simulated customers: who they are and what they like.

use serde_json::{Value, json};

use super::Item;
use super::random::Random;

const FIRST_NAMES: [&str; 40] = [
    "Anna", "Ben", "Clara", "David", "Elif", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Katja",
    "Leon", "Mara", "Nils", "Olga", "Paul", "Rosa", "Samir", "Tess", "Viktor", "Alba", "Bruno",
    "Chloé", "Dario", "Esther", "Fabio", "Gwen", "Henrik", "Iris", "Jana", "Karim", "Lucia",
    "Matteo", "Nora", "Oskar", "Priya", "Ruben", "Sofia", "Tomas", "Yara",
];
const LAST_NAMES: [&str; 40] = [
    "Adler", "Bauer", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Huber", "Ivanova",
    "Jansen", "Keller", "Lang", "Moreau", "Novak", "Olsen", "Peeters", "Rossi", "Schmid", "Torres",
    "Urban", "Vogel", "Wagner", "Yilmaz", "Zimmer", "Almeida", "Berg", "Conti", "Demir", "Engel",
    "Ferrari", "Graf", "Horvat", "Jung", "Kowalska", "Lindner", "Meier", "Nagy", "Pichler",
    "Ricci", "Steiner",
];
const STREETS: [&str; 12] = [
    "Mill Lane",
    "Station Road",
    "Linden Street",
    "Harbour Street",
    "Church Square",
    "Garden Street",
    "Castle Road",
    "School Lane",
    "Market Square",
    "River Walk",
    "Orchard Way",
    "Hill Street",
];
const CITIES: [(&str, &str, &str); 12] = [
    ("Vienna", "1070", "AT"),
    ("Graz", "8010", "AT"),
    ("Berlin", "10435", "DE"),
    ("Leipzig", "04109", "DE"),
    ("Lyon", "69002", "FR"),
    ("Nantes", "44000", "FR"),
    ("Turin", "10121", "IT"),
    ("Bologna", "40121", "IT"),
    ("Ghent", "9000", "BE"),
    ("Utrecht", "3511", "NL"),
    ("Porto", "4000-001", "PT"),
    ("Ljubljana", "1000", "SI"),
];

/// How much more likely somebody buys in a favourite colour.
const FAVOURITE_COLOUR: f64 = 3.0;

/// A simulated customer.
#[derive(Debug, Clone)]
pub(super) struct Customer {
    /// As in an order.
    pub(super) details: Value,
    /// What the customer shops for, most important first, with weights.
    pub(super) topics: Vec<(usize, f64)>,
    /// How often the customer buys, compared with others.
    pub(super) activity: f64,
    colours: [String; 2],
    /// The price at which the customer feels at home, as a logarithm.
    budget: f64,
}

/// Makes customers with one to three of `topics` at heart.
pub(super) fn simulate(
    random: &mut Random,
    count: usize,
    topics: usize,
    colours: &[String],
) -> Vec<Customer> {
    (0..count)
        .map(|number| customer(random, number, topics, colours))
        .collect()
}

fn customer(random: &mut Random, number: usize, topics: usize, colours: &[String]) -> Customer {
    const WEIGHTS: [f64; 3] = [0.65, 0.25, 0.10];
    let interests = 1 + random.weighted(&[0.3, 0.45, 0.25]).unwrap_or_default();
    Customer {
        topics: WEIGHTS
            .iter()
            .take(interests)
            .map(|weight| (random.below(topics), *weight))
            .collect(),
        // Few buy often, many buy rarely.
        activity: 0.2 + random.fraction().powi(3) * 3.0,
        colours: [random.pick(colours).clone(), random.pick(colours).clone()],
        budget: 7.2 + 1.6 * random.fraction(),
        details: details(random, number),
    }
}

fn details(random: &mut Random, number: usize) -> Value {
    let (first, last) = (*random.pick(&FIRST_NAMES), *random.pick(&LAST_NAMES));
    let (city, postal_code, country) = *random.pick(&CITIES);
    json!({
        "name": format!("{first} {last}"),
        "email": format!("customer{number}@example.com"),
        "address": {
            "line1": format!("{} {}", random.pick(&STREETS), 1 + random.below(90)),
            "postal_code": postal_code,
            "city": city,
            "country": country,
        },
    })
}

impl Customer {
    /// How much the customer likes an item, beyond what it is for.
    pub(super) fn liking(&self, item: &Item) -> f64 {
        let colour = if self.colours.contains(&item.colour) {
            FAVOURITE_COLOUR
        } else {
            1.0
        };
        #[expect(clippy::cast_precision_loss, reason = "prices are small")]
        let distance = (item.price as f64).ln() - self.budget;
        colour * (-0.25 * distance * distance).exp()
    }
}
