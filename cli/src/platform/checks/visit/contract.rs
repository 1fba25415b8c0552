//! The public contract of the API, as far as the checks read it.

use serde::Deserialize;

/// Integer minor units with their currency.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Money {
    /// Minor units, such as cents.
    pub amount: i64,
    /// The ISO 4217 code.
    pub currency: String,
}

impl std::fmt::Display for Money {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, part) = (self.amount / 100, self.amount % 100);
        write!(formatter, "{whole}.{part:02} {}", self.currency)
    }
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Product {
    /// Its number.
    pub id: i32,
    /// Its name.
    pub name: String,
    /// The slug of its category.
    pub category: String,
    /// Its price.
    pub price: Money,
    /// How many pieces are left.
    pub stock: i64,
    /// The path of its picture.
    pub image: String,
}

/// `GET /api/products`
#[derive(Debug, Clone, Deserialize)]
pub struct ProductPage {
    /// The products of this page.
    pub items: Vec<Product>,
    /// How many there are on all pages.
    pub total: usize,
}

impl ProductPage {
    /// The numbers of the products, in order.
    pub fn ids(&self) -> Vec<i32> {
        self.items.iter().map(|product| product.id).collect()
    }
}

/// `GET /api/categories`
#[derive(Debug, Clone, Deserialize)]
pub struct Categories {
    /// All categories.
    pub items: Vec<Category>,
}

/// A category.
#[derive(Debug, Clone, Deserialize)]
pub struct Category {
    /// How many products it has.
    pub products: usize,
}

/// A cart.
#[derive(Debug, Clone, Deserialize)]
pub struct Cart {
    /// Its lines.
    pub items: Vec<CartLine>,
    /// What all of it costs.
    pub total: Money,
}

/// A line of a cart.
#[derive(Debug, Clone, Deserialize)]
pub struct CartLine {
    /// What is in it.
    pub product: Product,
    /// How many pieces.
    pub quantity: i64,
}

impl Cart {
    /// Product numbers and quantities, ordered by number.
    pub fn quantities(&self) -> Vec<(i32, i64)> {
        let mut quantities: Vec<_> = self
            .items
            .iter()
            .map(|line| (line.product.id, line.quantity))
            .collect();
        quantities.sort_unstable();
        quantities
    }
}

/// An order.
#[derive(Debug, Clone, Deserialize)]
pub struct Order {
    /// Its identity.
    pub id: uuid::Uuid,
    /// `paid` or `cancelled`.
    pub status: String,
    /// What was sold.
    pub items: Vec<OrderLine>,
    /// What it cost.
    pub total: Money,
    /// What its owner shows to see it; only in the answer to the checkout.
    pub token: Option<String>,
}

/// A line of an order.
#[derive(Debug, Clone, Deserialize)]
pub struct OrderLine {
    /// The product's number.
    pub product_id: i32,
    /// How many pieces.
    pub quantity: i64,
    /// What one piece cost.
    pub unit_price: Money,
}

impl Order {
    /// Product numbers, quantities and prices of one piece, ordered by number.
    pub fn lines(&self) -> Vec<(i32, i64, i64)> {
        let mut lines: Vec<_> = self
            .items
            .iter()
            .map(|line| (line.product_id, line.quantity, line.unit_price.amount))
            .collect();
        lines.sort_unstable();
        lines
    }
}

/// What stands in place of a model's version when no model was asked in time.
pub const POPULARITY: &str = "popularity";

/// `GET /api/products/{id}/recommendations` and `GET /api/carts/{id}/recommendations`
#[derive(Debug, Clone, Deserialize)]
pub struct Recommendations {
    /// The products, best first.
    pub items: Vec<Product>,
    /// The version of the model that chose them, or `popularity`.
    pub model: String,
}

/// `GET /api/health`
#[derive(Debug, Clone, Deserialize)]
pub struct Health {
    /// `ok` or `degraded`; something else when it is neither.
    pub status: String,
    /// The release that answers.
    pub release: String,
    /// The state of each dependency by name, `ok` when it is well.
    pub dependencies: std::collections::BTreeMap<String, String>,
}
