//! The journey from the storefront to a paid order that many checks look at from different sides.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::Value;
use uuid::Uuid;

use super::answer::Answer;
use super::contract::{Cart, Order, POPULARITY, Product, ProductPage, Recommendations};
use super::patience::twice;
use super::shopper::{Shopper, order_body};
use super::stock::Pieces;
use super::traceparent::Traceparent;
use super::visit::Visit;
use crate::plan::Component;
use crate::platform::checks::open_metrics::{Scraped, scrape};
use crate::platform::checks::trouble::{Trouble, ensure};

/// A product needs this many pieces before some are bought: real customers must not miss them.
const AMPLE_STOCK: i64 = 10;

/// How many pieces of the first and of the second product are bought.
const QUANTITIES: [i64; 2] = [2, 1];

/// What happened on the way. Things that the order itself does not depend on are kept with their own troubles, so that
/// only the checks that look at them fail.
pub struct Journey {
    /// When it began.
    pub began: Instant,
    /// The trace that every request belongs to.
    pub trace: Traceparent,
    /// What was bought, as the catalogue showed it.
    pub lines: Vec<Line>,
    /// The cart.
    pub cart: Uuid,
    /// The cart in Redis while it was open.
    pub open_cart: Result<OpenCart, Trouble>,
    /// The storefront's page.
    pub page: Result<Answer, Trouble>,
    /// The recommendations beside the first product.
    pub recommendations: Result<Recommendations, Trouble>,
    /// The pieces before the order.
    pub pieces: Result<Pieces, Trouble>,
    /// Every service's metrics before the first request.
    pub metrics: BTreeMap<Component, Result<Scraped, Trouble>>,
    /// The idempotency key of the order.
    pub key: String,
    /// The body of the order.
    pub body: Value,
    /// The paid order.
    pub order: Order,
    /// What its owner shows to see it.
    pub token: String,
}

/// A product and how many pieces of it were bought.
#[derive(Debug, Clone)]
pub struct Line {
    /// The product before the order.
    pub product: Product,
    /// The pieces.
    pub quantity: i64,
}

/// What Redis held of the cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCart {
    /// Product numbers and quantities, ordered by number.
    pub quantities: Vec<(i32, i64)>,
    /// Seconds to live; negative when it would live for ever or is not there.
    pub time_to_live: i64,
}

impl Journey {
    /// Walks it. Fails with the first thing that keeps a customer from buying.
    pub async fn walk(visit: &Visit<'_>) -> Result<Self, Trouble> {
        let (began, trace) = (Instant::now(), Traceparent::random());
        let shopper = Shopper::new(visit, trace.clone());
        let (lines, metrics) = tokio::join!(choose(&shopper), scrape_all(visit));
        let lines = lines?;
        let wanted: Vec<_> = lines
            .iter()
            .map(|line| (line.product.id, line.quantity))
            .collect();
        let products: Vec<_> = wanted.iter().map(|(product, _)| *product).collect();
        let (cart, pieces, page, recommendations) = tokio::join!(
            shopper.fill_cart(&wanted),
            Pieces::count(visit, &products),
            shopper.get("/"),
            recommendations(&shopper, products[0]),
        );
        let cart = cart?;
        let (seen, open_cart) = tokio::join!(shopper.cart(cart), look_into_redis(visit, cart));
        ensure_total("cart", &lines, &seen?)?;
        let key = format!("verify-{}", Uuid::new_v4());
        let body = order_body(cart, "tok_ok");
        let (order, token) = pay(&shopper, &key, &body, &lines).await?;
        Ok(Self {
            began,
            trace,
            lines,
            cart,
            open_cart,
            page: page.and_then(|page| page.expect(200)),
            recommendations,
            pieces,
            metrics,
            key,
            body,
            order,
            token,
        })
    }
}

/// Two products with ample stock, from a part of the catalogue that chance picks: two visits at the same time shall not
/// wait for each other's row locks.
async fn choose(shopper: &Shopper<'_>) -> Result<Vec<Line>, Trouble> {
    let first: ProductPage = shopper.get("/api/products?per_page=100").await?.ok()?;
    let pages = (first.total / 100).max(1);
    let number = usize::from(Uuid::new_v4().as_bytes()[0]) % pages + 1;
    let page: ProductPage = shopper
        .get(&format!("/api/products?per_page=100&page={number}"))
        .await?
        .ok()?;
    let mut ample: Vec<Product> = page
        .items
        .into_iter()
        .chain(first.items)
        .filter(|product| product.stock >= AMPLE_STOCK)
        .collect();
    let offset = usize::from(Uuid::new_v4().as_bytes()[0]) % ample.len().max(1);
    ample.rotate_left(offset);
    let mut lines: Vec<Line> = Vec::new();
    for product in ample {
        if lines.len() < QUANTITIES.len() && lines.iter().all(|line| line.product.id != product.id)
        {
            lines.push(Line {
                product,
                quantity: QUANTITIES[lines.len()],
            });
        }
    }
    ensure(lines.len() == QUANTITIES.len(), || {
        let cause = format!(
            "no two products of the catalogue have {AMPLE_STOCK} pieces in stock to buy from"
        );
        Trouble::new(cause, "shopctl up")
    })?;
    Ok(lines)
}

async fn scrape_all(visit: &Visit<'_>) -> BTreeMap<Component, Result<Scraped, Trouble>> {
    let services = Component::SERVICES.map(async |service| {
        let scraped = twice(async || scrape(visit, service).await).await;
        (service, scraped)
    });
    futures_util::future::join_all(services)
        .await
        .into_iter()
        .collect()
}

/// ml-service has little time to answer; on a busy machine one answer may be late, several are not.
const ATTEMPTS: usize = 3;

async fn recommendations(shopper: &Shopper<'_>, product: i32) -> Result<Recommendations, Trouble> {
    let path = format!("/api/products/{product}/recommendations?limit=8");
    let mut given: Recommendations = shopper.get(&path).await?.ok()?;
    for _ in 1..ATTEMPTS {
        if given.model != POPULARITY {
            break;
        }
        given = shopper.get(&path).await?.ok()?;
    }
    Ok(given)
}

async fn look_into_redis(visit: &Visit<'_>, cart: Uuid) -> Result<OpenCart, Trouble> {
    let key = format!("cart:{cart}");
    let mut redis = visit.redis().await?;
    let looked: redis::RedisResult<(BTreeMap<String, i64>, i64)> = redis::pipe()
        .hgetall(&key)
        .ttl(&key)
        .query_async(&mut redis)
        .await;
    let (quantities, time_to_live) = looked.map_err(|error| {
        Trouble::of(
            Component::Redis,
            format!("`{key}` cannot be read from Redis: {error}"),
        )
    })?;
    // Fields that are no numbers are the backend's own marks.
    let mut quantities: Vec<(i32, i64)> = quantities
        .into_iter()
        .filter_map(|(field, quantity)| Some((field.parse().ok()?, quantity)))
        .collect();
    quantities.sort_unstable();
    Ok(OpenCart {
        quantities,
        time_to_live,
    })
}

/// What the lines cost by the prices that the catalogue showed.
fn price(lines: &[Line]) -> i64 {
    lines
        .iter()
        .map(|line| line.product.price.amount * line.quantity)
        .sum()
}

fn ensure_total(what: &str, lines: &[Line], cart: &Cart) -> Result<(), Trouble> {
    let expected = price(lines);
    ensure(cart.total.amount == expected, || {
        let cause = format!(
            "the {what}'s total is {} although its lines cost {expected} minor units",
            cart.total
        );
        Trouble::of(Component::Backend, cause)
    })
}

async fn pay(
    shopper: &Shopper<'_>,
    key: &str,
    body: &Value,
    lines: &[Line],
) -> Result<(Order, String), Trouble> {
    let answer = shopper.order(key, body).await?.expect(201)?;
    let order: Order = answer.json()?;
    ensure(order.status == "paid", || {
        answer.trouble(&format!(
            "left the order `{}` instead of `paid`",
            order.status
        ))
    })?;
    let expected = price(lines);
    ensure(order.total.amount == expected, || {
        answer.trouble(&format!(
            "charged {} although the cart's lines cost {expected} minor units",
            order.total
        ))
    })?;
    let mut bought: Vec<_> = lines
        .iter()
        .map(|line| (line.product.id, line.quantity, line.product.price.amount))
        .collect();
    bought.sort_unstable();
    ensure(order.lines() == bought, || {
        answer.trouble(&format!(
            "sold {:?} instead of {bought:?} (product, pieces, price)",
            order.lines()
        ))
    })?;
    let token = order
        .token
        .clone()
        .ok_or_else(|| answer.trouble("gave no token for the order"))?;
    Ok((order, token))
}
