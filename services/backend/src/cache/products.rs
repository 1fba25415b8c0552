//! Single products, as JSON, for as long as nothing about them changes.

use super::{Cache, CacheError};
use crate::product::Product;

/// An invalidated key stays blocked for this long, so that a reader who fetched the product from PostgreSQL before the
/// change cannot put the old state back after it. Longer than any such reader may take between the two steps.
const BLOCKED_MILLISECONDS: u64 = 3_000;

/// The cached product.
pub async fn get(cache: &Cache, id: i32) -> Result<Option<Product>, CacheError> {
    let key = key(id);
    let text: Option<String> = cache
        .run(|mut redis| {
            let key = &key;
            async move { redis::cmd("GET").arg(key).query_async(&mut redis).await }
        })
        .await?;
    // The empty text blocks an invalidated key; a text of another release may not parse.
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Caches a product, unless the key is blocked.
pub async fn put(cache: &Cache, product: &Product, life_seconds: u32) -> Result<(), CacheError> {
    let Ok(text) = serde_json::to_string(product) else {
        return Ok(());
    };
    let key = key(product.id);
    cache
        .run(|mut redis| {
            let mut command = redis::cmd("SET");
            command
                .arg(&key)
                .arg(&text)
                .arg("EX")
                .arg(life_seconds)
                .arg("NX");
            async move { command.query_async::<Option<String>>(&mut redis).await }
        })
        .await?;
    Ok(())
}

/// Forgets products that have changed. If Redis is away they are forgotten as soon as it is back.
pub async fn invalidate(cache: &Cache, ids: &[i32]) {
    if ids.is_empty() {
        return;
    }
    let mut pipeline = redis::pipe();
    for id in ids {
        pipeline
            .cmd("SET")
            .arg(key(*id))
            .arg("")
            .arg("PX")
            .arg(BLOCKED_MILLISECONDS)
            .ignore();
    }
    let outcome = cache
        .run(|mut redis| {
            let pipeline = &pipeline;
            async move { pipeline.query_async::<()>(&mut redis).await }
        })
        .await;
    if let Err(error) = outcome {
        tracing::debug!(%error, "products are invalidated later");
        cache.forget_later(ids.iter().map(|id| key(*id)));
    }
}

fn key(id: i32) -> String {
    format!("product:{id}")
}
