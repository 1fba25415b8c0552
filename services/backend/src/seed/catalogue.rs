//! The bundled catalogue: one JSON file for each category.

use serde::Deserialize;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::random::Random;

/// The files in the shop's order. Products are numbered through them, so new products belong at the end of the last.
pub(super) const FILES: [&str; 12] = [
    include_str!("../../catalogue/kitchen.json"),
    include_str!("../../catalogue/coffee-tea.json"),
    include_str!("../../catalogue/pantry.json"),
    include_str!("../../catalogue/tableware.json"),
    include_str!("../../catalogue/bed-bath.json"),
    include_str!("../../catalogue/living.json"),
    include_str!("../../catalogue/garden.json"),
    include_str!("../../catalogue/outdoor.json"),
    include_str!("../../catalogue/cycling.json"),
    include_str!("../../catalogue/workshop.json"),
    include_str!("../../catalogue/stationery.json"),
    include_str!("../../catalogue/toys.json"),
];

/// The first product arrived in the shop on this day, the last one some days before the first order.
const OPENED: OffsetDateTime = datetime!(2024-11-04 08:00 UTC);
const ARRIVAL_MINUTES: usize = 340 * 24 * 60;

/// A bundled file is not what it should be.
#[derive(Debug, thiserror::Error)]
#[error("the bundled catalogue cannot be read: {0}")]
pub struct CatalogueError(#[from] serde_json::Error);

/// All categories and products.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// Slugs and names, in the shop's order.
    pub categories: Vec<(String, String)>,
    /// The products by number: the first has the number 1.
    pub items: Vec<Item>,
}

/// A product of the catalogue.
#[derive(Debug, Clone)]
pub struct Item {
    /// Number of the product.
    pub id: i32,
    /// What it is called.
    pub name: String,
    /// Two sentences about it.
    pub description: String,
    /// Slug of its category.
    pub category: String,
    /// Price in euro cents.
    pub price: i64,
    /// Pieces at the start.
    pub stock: i32,
    /// Shape and colour of its picture.
    pub artwork: String,
    /// When it came into the shop.
    pub created_at: OffsetDateTime,
    /// Which product line it belongs to; lines are numbered through all categories.
    pub line: usize,
    /// Its colour, as far as a customer's taste is concerned.
    pub colour: String,
    /// What people use it for.
    pub topics: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CategoryFile {
    id: String,
    name: String,
    lines: Vec<LineEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineEntry {
    shape: String,
    topics: Vec<String>,
    about: String,
    products: Vec<ProductEntry>,
}

/// Name, price in cents, colour, a sentence of its own; then, for what looks unlike the rest of its line, another
/// shape, and a sentence in place of the line's.
#[derive(Deserialize)]
struct ProductEntry(
    String,
    i64,
    String,
    String,
    #[serde(default)] Option<String>,
    #[serde(default)] Option<String>,
);

impl Catalogue {
    /// Reads the bundled files.
    pub fn bundled() -> Result<Self, CatalogueError> {
        let mut catalogue = Self {
            categories: Vec::new(),
            items: Vec::new(),
        };
        let mut line = 0;
        for file in FILES {
            let category: CategoryFile = serde_json::from_str(file)?;
            for entry in category.lines {
                catalogue.add_line(&category.id, line, entry);
                line += 1;
            }
            catalogue.categories.push((category.id, category.name));
        }
        Ok(catalogue)
    }

    fn add_line(&mut self, category: &str, line: usize, entry: LineEntry) {
        let LineEntry {
            shape,
            topics,
            about,
            products,
        } = entry;
        for ProductEntry(name, price, colour, note, own_shape, own_about) in products {
            let id = i32::try_from(self.items.len() + 1).unwrap_or(i32::MAX);
            let mut random = Random::new(id.unsigned_abs().into());
            let shape = own_shape.as_ref().unwrap_or(&shape);
            let about = own_about.as_ref().unwrap_or(&about);
            self.items.push(Item {
                id,
                name,
                description: format!("{note} {about}"),
                category: category.to_owned(),
                price,
                stock: stock(&mut random),
                artwork: format!("{shape}:{colour}"),
                created_at: OPENED + Duration::minutes(minutes(&mut random)),
                line,
                colour,
                topics: topics.clone(),
            });
        }
    }
}

fn minutes(random: &mut Random) -> i64 {
    i64::try_from(random.below(ARRIVAL_MINUTES)).unwrap_or_default()
}

/// Most products are well stocked, some are running low, and a few have just sold out.
fn stock(random: &mut Random) -> i32 {
    let (least, span) = match random.below(100) {
        0..2 => return 0,
        2..10 => (2, 7),
        10..60 => (15, 60),
        _ => (60, 180),
    };
    i32::try_from(least + random.below(span)).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::artwork;

    #[test]
    fn reads_like_a_shop() {
        let catalogue = Catalogue::bundled().unwrap();
        assert_eq!(catalogue.categories.len(), 12);
        assert!(catalogue.items.len() >= 500, "{}", catalogue.items.len());
        let names: HashSet<_> = catalogue.items.iter().map(|item| &item.name).collect();
        assert_eq!(names.len(), catalogue.items.len(), "every name is unique");
        for item in &catalogue.items {
            assert!(
                (200..=40_000).contains(&item.price),
                "{}: {}",
                item.name,
                item.price
            );
            assert!(
                item.description.ends_with('.'),
                "{}: {}",
                item.name,
                item.description
            );
            assert!(
                (30..=240).contains(&item.description.len()),
                "{}: {}",
                item.name,
                item.description
            );
            assert!(
                artwork::knows(&item.artwork),
                "{}: {}",
                item.name,
                item.artwork
            );
        }
    }

    #[test]
    fn every_topic_spans_products_enough_to_choose_from() {
        let catalogue = Catalogue::bundled().unwrap();
        let topics: HashSet<_> = catalogue
            .items
            .iter()
            .flat_map(|item| &item.topics)
            .collect();
        for topic in topics {
            let size = catalogue
                .items
                .iter()
                .filter(|item| item.topics.contains(topic))
                .count();
            assert!(size >= 12, "{topic}: {size}");
        }
    }
}
