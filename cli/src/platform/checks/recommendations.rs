//! Recommendations come from the current model.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::try_join_all;

use super::check::{Check, When};
use super::trouble::{Judgement, Trouble, ensure};
use super::visit::{
    POPULARITY, ProductPage, Recommendations, Shopper, Visit, eventually, unreadable,
};
use crate::plan::Component;

/// The check.
pub const CHECK: Check = Check {
    name: "recommendations",
    title: "recommendations differ by product and come from the current model",
    needs: &[],
    when: When::Together,
    judge: |visit| Box::pin(judge(visit)),
};

/// A model that has just been published may take this long to be served, and so may one late answer on a busy machine.
const PATIENCE: Duration = Duration::from_secs(5);

/// For so many products, far apart in the catalogue.
const PRODUCTS: usize = 3;

async fn judge(visit: &Visit<'_>) -> Judgement {
    let shopper = visit.shopper();
    let products = far_apart(&shopper).await?;
    let (version, given) = eventually(PATIENCE, async || {
        let version = current_version(visit).await?;
        let asked = products
            .iter()
            .map(|product| for_product(&shopper, *product));
        let given = try_join_all(asked).await?;
        for recommendations in &given {
            ensure_from_model(&recommendations.model, &version)?;
        }
        Ok((version, given))
    })
    .await?;
    ensure_they_differ(&products, &given)?;
    for_cart(&shopper, &products, &version).await?;
    Ok(format!("by model {version}"))
}

async fn far_apart(shopper: &Shopper<'_>) -> Result<Vec<i32>, Trouble> {
    let page: ProductPage = shopper
        .get("/api/products?sort=name&per_page=100")
        .await?
        .ok()?;
    let ids = page.ids();
    ensure(ids.len() >= PRODUCTS, || {
        Trouble::new(
            "the catalogue has too few products to recommend from",
            "shopctl up",
        )
    })?;
    Ok(ids
        .iter()
        .copied()
        .step_by(ids.len() / PRODUCTS)
        .take(PRODUCTS)
        .collect())
}

async fn current_version(visit: &Visit<'_>) -> Result<String, Trouble> {
    let database = visit.database().await?;
    let row = database
        .query_opt("SELECT version FROM models WHERE current", &[])
        .await;
    let row = row.map_err(|error| unreadable("models", &error))?;
    row.map(|row| row.get(0))
        .ok_or_else(|| Trouble::of(Component::MlService, "table `models` has no current model"))
}

async fn for_product(shopper: &Shopper<'_>, product: i32) -> Result<Recommendations, Trouble> {
    let path = format!("/api/products/{product}/recommendations?limit=8");
    let answer = shopper.get(&path).await?.expect(200)?;
    let recommendations: Recommendations = answer.json()?;
    let ids = ids(&recommendations);
    ensure(!ids.is_empty(), || answer.trouble("recommends nothing"))?;
    ensure(!ids.contains(&product), || {
        answer.trouble("recommends the product itself")
    })?;
    Ok(recommendations)
}

async fn for_cart(shopper: &Shopper<'_>, products: &[i32], version: &str) -> Result<(), Trouble> {
    let wanted: Vec<_> = products[..2].iter().map(|product| (*product, 1)).collect();
    let cart = shopper.fill_cart(&wanted).await?;
    let path = format!("/api/carts/{cart}/recommendations");
    eventually(PATIENCE, async || {
        let answer = shopper.get(&path).await?.expect(200)?;
        let recommendations: Recommendations = answer.json()?;
        ensure_from_model(&recommendations.model, version)?;
        let ids = ids(&recommendations);
        ensure(!ids.is_empty(), || answer.trouble("recommends nothing"))?;
        let in_cart = ids.iter().find(|id| products[..2].contains(id));
        in_cart.map_or(Ok(()), |id| {
            Err(answer.trouble(&format!("recommends product {id}, which is in the cart")))
        })
    })
    .await
}

fn ensure_from_model(model: &str, version: &str) -> Result<(), Trouble> {
    ensure(model != POPULARITY, || {
        let cause = "recommendations come from popularity, not from a model, as ml-service gives none in time";
        Trouble::of(Component::MlService, cause)
    })?;
    ensure(model == version, || {
        let cause =
            format!("recommendations come from model `{model}` instead of the current `{version}`");
        Trouble::of(Component::MlService, cause)
    })
}

fn ensure_they_differ(products: &[i32], given: &[Recommendations]) -> Result<(), Trouble> {
    let lists: BTreeSet<_> = given.iter().map(ids).collect();
    ensure(lists.len() > 1, || {
        let cause = format!("products {products:?} all have the same recommendations");
        Trouble::of(Component::MlService, cause)
    })
}

fn ids(recommendations: &Recommendations) -> Vec<i32> {
    recommendations
        .items
        .iter()
        .map(|product| product.id)
        .collect()
}
