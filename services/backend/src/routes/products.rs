//! `GET /api/products` and `GET /api/products/{id}`.

use axum::extract::State;
use kit::Problem;
use kit::extract::{Json, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::segment::Segments;
use crate::cache::products as product_cache;
use crate::error;
use crate::product::Product;
use crate::state::AppState;
use crate::store::{products, search};
use crate::text::printable;

const LARGEST_PAGE: u32 = 100;
const LAST_PAGE: u32 = 10_000;

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
}

/// Which products, and in which order.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParameters {
    /// Words that all must match; the beginning of a word is enough.
    #[param(
        max_length = 100,
        pattern = "<printable>",
        nullable = false,
        example = "olive"
    )]
    search: Option<String>,
    /// Slug of a category.
    #[param(
        max_length = 40,
        pattern = "<printable>",
        nullable = false,
        example = "kitchen"
    )]
    category: Option<String>,
    /// Order of the products; relevance means best match first.
    #[serde(default)]
    #[param(inline)]
    sort: Sort,
    /// Number of the page.
    #[serde(default = "first_page")]
    #[param(minimum = 1, maximum = 10_000, default = 1, example = 1)]
    page: u32,
    /// Products on a page.
    #[serde(default = "page_size")]
    #[param(minimum = 1, maximum = 100, default = 24, example = 24)]
    per_page: u32,
}

fn first_page() -> u32 {
    1
}

fn page_size() -> u32 {
    24
}

#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
enum Sort {
    #[default]
    #[serde(rename = "relevance")]
    Relevance,
    #[serde(rename = "name")]
    Name,
    #[serde(rename = "price")]
    Cheapest,
    #[serde(rename = "-price")]
    Dearest,
    #[serde(rename = "newest")]
    Newest,
}

/// A page of products.
#[derive(Debug, Serialize, ToSchema)]
struct ProductPage {
    /// The products of the page.
    items: Vec<Product>,
    /// Number of the page.
    #[schema(minimum = 1, example = 1)]
    page: u32,
    /// Products on a full page.
    #[schema(minimum = 1, maximum = 100, example = 24)]
    per_page: u32,
    /// The number of all products that match.
    #[schema(minimum = 0, example = 575)]
    total: i64,
}

impl ListParameters {
    fn check(&self) -> Result<(), Problem> {
        printable(
            "search",
            self.search.as_deref().unwrap_or_default(),
            0..=100,
        )?;
        printable(
            "category",
            self.category.as_deref().unwrap_or_default(),
            0..=40,
        )?;
        if !(1..=LAST_PAGE).contains(&self.page) {
            return Err(Problem::unprocessable(format!(
                "page must be between 1 and {LAST_PAGE}"
            )));
        }
        if !(1..=LARGEST_PAGE).contains(&self.per_page) {
            return Err(Problem::unprocessable(format!(
                "per_page must be between 1 and {LARGEST_PAGE}"
            )));
        }
        Ok(())
    }
}

/// Finds products
#[utoipa::path(get, path = "/api/products", operation_id = "list_products", tag = "catalogue", params(ListParameters), responses(
    (status = 200, description = "A page of products; empty beyond the last", body = ProductPage),
    (status = 400, description = "A parameter cannot be understood"),
    (status = 422, description = "A parameter is out of bounds"),
    (status = 503, description = "The database is not available"),
))]
async fn list(
    State(state): State<AppState>,
    Query(parameters): Query<ListParameters>,
) -> Result<Json<ProductPage>, Problem> {
    parameters.check()?;
    let ListParameters {
        search,
        category,
        sort,
        page,
        per_page,
    } = parameters;
    let query = search::Query {
        text: search,
        category: category.filter(|slug| !slug.is_empty()),
        order: match sort {
            Sort::Relevance => search::Order::Relevance,
            Sort::Name => search::Order::Name,
            Sort::Cheapest => search::Order::Cheapest,
            Sort::Dearest => search::Order::Dearest,
            Sort::Newest => search::Order::Newest,
        },
        limit: i64::from(per_page),
        offset: i64::from(page - 1) * i64::from(per_page),
    };
    let found = search::find(&state.database, &query)
        .await
        .map_err(|error| error::store(&error))?;
    Ok(Json(ProductPage {
        items: found.products,
        page,
        per_page,
        total: found.total,
    }))
}

/// One product
#[utoipa::path(get, path = "/api/products/{id}", operation_id = "get_product", tag = "catalogue",
    params(("id" = i32, Path, description = "Number of the product", minimum = 1, example = 42)),
    responses(
        (status = 200, description = "The product", body = Product),
        (status = 404, description = "There is no such product"),
        (status = 503, description = "The database is not available"),
    ))]
async fn get(
    State(state): State<AppState>,
    Segments(id): Segments<i32>,
) -> Result<Json<Product>, Problem> {
    find(&state, id).await.map(Json)
}

/// A product from the cache, else from the database, which then fills the cache.
pub(crate) async fn find(state: &AppState, id: i32) -> Result<Product, Problem> {
    match product_cache::get(&state.cache, id).await {
        Ok(Some(product)) => {
            state.metrics.product_looked_up("hit");
            return Ok(product);
        }
        Ok(None) => state.metrics.product_looked_up("miss"),
        Err(_) => state.metrics.product_looked_up("error"),
    }
    let product = products::get(&state.database, id)
        .await
        .map_err(|error| error::store(&error))?;
    let product = product.ok_or_else(|| Problem::not_found().detail("There is no such product"))?;
    // The cache is a convenience: a failure has been logged by its circuit breaker and changes nothing here.
    let _ = product_cache::put(
        &state.cache,
        &product,
        state.settings.product_cache_ttl_seconds,
    )
    .await;
    Ok(product)
}
