//! A product as clients see it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::money::Money;

/// A product of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Product {
    /// Number of the product.
    #[schema(minimum = 1, example = 42)]
    pub id: i32,
    /// What it is called.
    #[schema(example = "Stoneware mug, sage")]
    pub name: String,
    /// One or two sentences about it.
    pub description: String,
    /// The category's slug.
    #[schema(example = "coffee-tea")]
    pub category: String,
    /// Price of one piece.
    pub price: Money,
    /// Pieces that can be bought now.
    #[schema(minimum = 0, example = 17)]
    pub stock: i32,
    /// Path of its picture.
    #[schema(example = "/api/products/42/image.svg")]
    pub image: String,
}

/// The path under which a product's picture is served.
pub fn image_path(id: i32) -> String {
    format!("/api/products/{id}/image.svg")
}
