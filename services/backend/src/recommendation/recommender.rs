//! From products at hand to products to show.

use super::{ModelService, Popularity};
use crate::metrics::Metrics;
use crate::product::Product;
use crate::store::{Database, StoreError, products};

/// The name of the fallback in place of a model's version.
pub const POPULARITY: &str = "popularity";

/// The model is asked for some more than needed, since what is sold out is not shown.
const SPARE: usize = 8;

/// Products to show, and who chose them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recommendations {
    /// Best first.
    pub products: Vec<Product>,
    /// A model's version, or [`POPULARITY`].
    pub model: String,
}

/// Chooses products: by the model if it answers in time, else by popularity.
#[derive(Clone)]
pub struct Recommender {
    model: ModelService,
    popularity: Popularity,
    database: Database,
    metrics: Metrics,
}

impl Recommender {
    /// Puts the parts together.
    pub fn new(model: ModelService, database: Database, metrics: Metrics) -> Self {
        Self {
            model,
            popularity: Popularity::default(),
            database,
            metrics,
        }
    }

    /// At most `limit` products in stock that go with `items`, none of which is among them.
    pub async fn recommend(
        &self,
        items: &[i32],
        limit: usize,
    ) -> Result<Recommendations, StoreError> {
        if let Some(recommendations) = self.by_model(items, limit).await? {
            self.metrics.recommended("model");
            return Ok(recommendations);
        }
        let ranking = self.popularity.ranking(&self.database).await?;
        let ids: Vec<i32> = ranking
            .iter()
            .copied()
            .filter(|id| !items.contains(id))
            .take(limit + SPARE)
            .collect();
        self.metrics.recommended(POPULARITY);
        Ok(Recommendations {
            products: self.in_stock(&ids, limit).await?,
            model: POPULARITY.to_owned(),
        })
    }

    /// Nothing without items, without an answer in time, or when the answer holds nothing that can be shown.
    async fn by_model(
        &self,
        items: &[i32],
        limit: usize,
    ) -> Result<Option<Recommendations>, StoreError> {
        if items.is_empty() {
            return Ok(None);
        }
        let answer = match self.model.ask(items, limit + SPARE).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::debug!(%error, "no recommendations from the model");
                return Ok(None);
            }
        };
        let ids: Vec<i32> = answer
            .items
            .iter()
            .map(|item| item.id)
            .filter(|id| !items.contains(id))
            .take(limit + SPARE)
            .collect();
        let products = self.in_stock(&ids, limit).await?;
        Ok((!products.is_empty()).then_some(Recommendations {
            products,
            model: answer.model,
        }))
    }

    async fn in_stock(&self, ids: &[i32], limit: usize) -> Result<Vec<Product>, StoreError> {
        let mut found = products::get_many(&self.database, ids).await?;
        found.retain(|product| product.stock > 0);
        found.truncate(limit);
        Ok(found)
    }
}
