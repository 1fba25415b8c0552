//! The best-selling products, kept in memory for a moment.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::store::{Database, StoreError, popularity};

/// How long a ranking is good enough.
const FRESH: Duration = Duration::from_secs(30);

/// More than any answer needs: a full cart and the longest list.
const LENGTH: i64 = 150;

/// The ranking and its age. Clones share it.
#[derive(Clone, Default)]
pub struct Popularity {
    latest: Arc<Mutex<Option<Ranking>>>,
}

/// When it was made, and the products.
type Ranking = (Instant, Arc<[i32]>);

impl Popularity {
    /// The products in the most orders, best first. One request at a time refreshes it; when that fails, the old
    /// ranking serves on.
    pub async fn ranking(&self, database: &Database) -> Result<Arc<[i32]>, StoreError> {
        let mut latest = self.latest.lock().await;
        if let Some((since, ranking)) = &*latest
            && since.elapsed() < FRESH
        {
            return Ok(Arc::clone(ranking));
        }
        match popularity::ranking(database, LENGTH).await {
            Ok(ranking) => {
                let ranking: Arc<[i32]> = ranking.into();
                *latest = Some((Instant::now(), Arc::clone(&ranking)));
                Ok(ranking)
            }
            Err(error) => latest
                .as_ref()
                .map(|(_, ranking)| Arc::clone(ranking))
                .ok_or(error),
        }
    }
}
