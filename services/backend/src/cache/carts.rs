//! Carts: one hash of product numbers and quantities for each, gone some time after its last use.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use redis::Script;
use uuid::Uuid;

use super::{Cache, CacheError};

/// Most different products in a cart.
pub const MOST_LINES: usize = 50;

/// Most pieces of one product in a cart.
pub const MOST_PIECES: i32 = 99;

/// A field that every cart has, since Redis keeps no empty hashes.
const MARK: &str = "created";

/// Pieces by product number.
pub type Quantities = BTreeMap<i32, i32>;

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The cart is like this now.
    Done(Quantities),
    /// There is no such cart (any more).
    NoCart,
    /// The cart has [`MOST_LINES`] lines and takes no further one.
    Full,
}

/// The check and the change must be one step, or two requests at once could fill a cart beyond its bounds or bring one
/// back to life that has just been sold. Fields: all but the mark. Returns the cart, 0 for none, 1 for full.
static SET: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
        if ARGV[2] == '0' then
            redis.call('HDEL', KEYS[1], ARGV[1])
        elseif redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 and redis.call('HLEN', KEYS[1]) > tonumber(ARGV[4]) then
            return 1
        else
            redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
        end
        redis.call('EXPIRE', KEYS[1], ARGV[3])
        return redis.call('HGETALL', KEYS[1])",
    )
});

/// Makes an empty cart.
pub async fn create(cache: &Cache, life_seconds: u32) -> Result<Uuid, CacheError> {
    let id = Uuid::new_v4();
    let key = key(id);
    cache
        .run(|mut redis| {
            let mut pipeline = redis::pipe();
            pipeline
                .atomic()
                .hset(&key, MARK, 1)
                .ignore()
                .expire(&key, i64::from(life_seconds))
                .ignore();
            async move { pipeline.query_async::<()>(&mut redis).await }
        })
        .await?;
    Ok(id)
}

/// What is in a cart, or nothing if there is no such cart. Its life starts anew.
pub async fn get(
    cache: &Cache,
    id: Uuid,
    life_seconds: u32,
) -> Result<Option<Quantities>, CacheError> {
    let key = key(id);
    let fields: HashMap<String, i32> = cache
        .run(|mut redis| {
            let mut pipeline = redis::pipe();
            pipeline
                .hgetall(&key)
                .expire(&key, i64::from(life_seconds))
                .ignore();
            async move {
                let (fields,): (HashMap<String, i32>,) = pipeline.query_async(&mut redis).await?;
                Ok(fields)
            }
        })
        .await?;
    Ok((!fields.is_empty()).then(|| quantities(fields)))
}

/// Sets the pieces of a product; none removes it.
pub async fn set(
    cache: &Cache,
    id: Uuid,
    product: i32,
    quantity: i32,
    life_seconds: u32,
) -> Result<Change, CacheError> {
    let mut call = SET.key(key(id));
    call.arg(product)
        .arg(quantity)
        .arg(life_seconds)
        .arg(MOST_LINES);
    let answer: redis::Value = cache
        .run(|mut redis| {
            let call = &call;
            async move { call.invoke_async(&mut redis).await }
        })
        .await?;
    Ok(match answer {
        redis::Value::Int(0) => Change::NoCart,
        redis::Value::Int(_) => Change::Full,
        fields => Change::Done(quantities(
            redis::from_redis_value(fields).map_err(redis::RedisError::from)?,
        )),
    })
}

/// Removes a cart.
pub async fn delete(cache: &Cache, id: Uuid) -> Result<(), CacheError> {
    let key = key(id);
    let deleted = cache
        .run(|mut redis| {
            let key = &key;
            async move { redis::cmd("DEL").arg(key).query_async(&mut redis).await }
        })
        .await;
    if deleted.is_err() {
        cache.forget_later([key]);
    }
    deleted
}

fn key(id: Uuid) -> String {
    format!("cart:{id}")
}

fn quantities(fields: HashMap<String, i32>) -> Quantities {
    fields
        .into_iter()
        .filter_map(|(field, quantity)| Some((field.parse().ok()?, quantity)))
        .collect()
}
