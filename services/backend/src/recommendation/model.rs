//! The client of ml-service.

use std::time::Duration;

use http::StatusCode;
use kit::health::PROBE_TIMEOUT;
use serde::{Deserialize, Serialize};

/// ml-service could not help.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// It was not configured.
    #[error("ML_SERVICE_URL is not set")]
    Absent,
    /// It did not answer (in time), or not what was expected.
    #[error("{0}")]
    Failed(#[from] reqwest::Error),
}

/// The way to ml-service. Every question has the same short time to be answered.
#[derive(Debug, Clone)]
pub struct ModelService {
    client: reqwest::Client,
    base: Option<reqwest::Url>,
    budget: Duration,
}

#[derive(Debug, Serialize)]
struct Question<'items> {
    items: &'items [i32],
    limit: usize,
}

/// What the model says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Answer {
    /// The model's version.
    pub model: String,
    /// Products, best first.
    pub items: Vec<Item>,
}

/// A product that the model recommends.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Item {
    /// Number of the product.
    pub id: i32,
}

impl ModelService {
    /// Prepares the client; connects when it is asked something.
    pub fn new(base: Option<reqwest::Url>, budget: Duration) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self {
            client,
            base,
            budget,
        })
    }

    /// Products that go with `items`, without those.
    pub async fn ask(&self, items: &[i32], limit: usize) -> Result<Answer, ModelError> {
        let request = self
            .client
            .post(self.url("/recommendations")?)
            .headers(kit::trace::headers())
            .timeout(self.budget)
            .json(&Question { items, limit });
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    /// Whether it is there and does not say that it is not ready. Where its probes have an address of their own it does
    /// not know the path here, which is an answer too: whoever routes to it leaves out those that are not ready.
    pub async fn ping(&self) -> Result<(), ModelError> {
        let request = self.client.get(self.url("/readyz")?).timeout(PROBE_TIMEOUT);
        let answer = request.send().await?;
        if answer.status() != StatusCode::NOT_FOUND {
            answer.error_for_status()?;
        }
        Ok(())
    }

    fn url(&self, path: &str) -> Result<reqwest::Url, ModelError> {
        let mut url = self.base.clone().ok_or(ModelError::Absent)?;
        url.set_path(path);
        Ok(url)
    }
}
