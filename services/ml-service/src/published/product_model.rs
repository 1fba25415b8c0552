//! A recommender that speaks of products.

use std::collections::HashMap;

use crate::model::Recommender;

/// A recommender and the products behind its numbers.
#[derive(Debug)]
pub struct ProductModel {
    recommender: Recommender,
    products: Vec<i32>,
    numbers: HashMap<i32, u32>,
}

impl ProductModel {
    /// `products` are the products in the order of the recommender's numbers.
    pub fn new(recommender: Recommender, products: Vec<i32>) -> Self {
        let numbers = products.iter().copied().zip(0_u32..).collect();
        Self {
            recommender,
            products,
            numbers,
        }
    }

    /// The recommender.
    pub fn recommender(&self) -> &Recommender {
        &self.recommender
    }

    /// The products in the order of the recommender's numbers.
    pub fn products(&self) -> &[i32] {
        &self.products
    }

    /// The best `limit` products to go with `basket`, best first, each with its score. Products that the model has never
    /// seen sold count for nothing.
    pub fn recommend(&self, basket: &[i32], limit: usize) -> Vec<(i32, f32)> {
        let mut context: Vec<u32> = basket
            .iter()
            .filter_map(|product| self.numbers.get(product).copied())
            .collect();
        context.sort_unstable();
        context.dedup();
        let best = self.recommender.recommend(&context, limit);
        best.into_iter()
            .map(|(number, score)| (self.products[number as usize], score))
            .collect()
    }
}
