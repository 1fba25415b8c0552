//! Recommendations for a product and for a cart.

use axum::extract::State;
use kit::Problem;
use kit::extract::{Json, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::segment::Segments;
use super::{carts, products};
use crate::error;
use crate::product::Product;
use crate::state::AppState;

const LONGEST: usize = 50;

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(for_product))
        .routes(routes!(for_cart))
}

/// How many recommendations.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Parameters {
    /// Most products to recommend.
    #[serde(default = "usual")]
    #[param(minimum = 1, maximum = 50, default = 8, value_type = u32, example = 8)]
    limit: usize,
}

fn usual() -> usize {
    8
}

/// Recommended products.
#[derive(Debug, Serialize, ToSchema)]
struct Recommended {
    /// Best first.
    items: Vec<Product>,
    /// The version of the model that chose them, or `popularity`.
    #[schema(example = "popularity")]
    model: String,
}

/// What is often bought with a product
#[utoipa::path(get, path = "/api/products/{id}/recommendations", operation_id = "recommend_for_product", tag = "recommendations",
    params(("id" = i32, Path, description = "Number of the product", minimum = 1, example = 42), Parameters),
    responses(
        (status = 200, description = "Recommended products", body = Recommended),
        (status = 400, description = "A parameter cannot be understood"),
        (status = 404, description = "There is no such product"),
        (status = 422, description = "The limit is out of bounds"),
        (status = 503, description = "The database is not available"),
    ))]
async fn for_product(
    State(state): State<AppState>,
    Segments(id): Segments<i32>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Recommended>, Problem> {
    let limit = parameters.check()?;
    let (product, recommended) = tokio::join!(
        products::find(&state, id),
        recommend(&state, vec![id], limit)
    );
    product?;
    recommended
}

/// What goes with a cart
#[utoipa::path(get, path = "/api/carts/{id}/recommendations", operation_id = "recommend_for_cart", tag = "recommendations",
    params(("id" = Uuid, Path, description = "The cart"), Parameters),
    responses(
        (status = 200, description = "Recommended products", body = Recommended),
        (status = 400, description = "A parameter cannot be understood"),
        (status = 404, description = "There is no such cart"),
        (status = 422, description = "The limit is out of bounds"),
        (status = 503, description = "The database is not available, or carts are not"),
    ))]
async fn for_cart(
    State(state): State<AppState>,
    Segments(id): Segments<Uuid>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Recommended>, Problem> {
    let limit = parameters.check()?;
    let quantities = carts::quantities(&state, id).await?;
    recommend(&state, quantities.into_keys().collect(), limit).await
}

impl Parameters {
    fn check(&self) -> Result<usize, Problem> {
        if (1..=LONGEST).contains(&self.limit) {
            Ok(self.limit)
        } else {
            Err(Problem::unprocessable(format!(
                "limit must be between 1 and {LONGEST}"
            )))
        }
    }
}

async fn recommend(
    state: &AppState,
    items: Vec<i32>,
    limit: usize,
) -> Result<Json<Recommended>, Problem> {
    let found = state
        .recommender
        .recommend(&items, limit)
        .await
        .map_err(|error| error::store(&error))?;
    Ok(Json(Recommended {
        items: found.products,
        model: found.model,
    }))
}
