//! `GET /api/categories`.

use axum::extract::State;
use kit::Problem;
use kit::extract::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error;
use crate::state::AppState;
use crate::store::categories;

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list))
}

/// All categories.
#[derive(Debug, Serialize, ToSchema)]
struct Categories {
    /// In the shop's order.
    items: Vec<Category>,
}

/// A category.
#[derive(Debug, Serialize, ToSchema)]
struct Category {
    /// Slug, as in `category` of a product.
    #[schema(example = "kitchen")]
    id: String,
    /// What it is called.
    #[schema(example = "Kitchen")]
    name: String,
    /// How many products it has.
    #[schema(minimum = 0, example = 42)]
    products: i64,
}

/// All categories
#[utoipa::path(get, path = "/api/categories", operation_id = "list_categories", tag = "catalogue", responses(
    (status = 200, description = "All categories", body = Categories),
    (status = 503, description = "The database is not available"),
))]
async fn list(State(state): State<AppState>) -> Result<Json<Categories>, Problem> {
    let categories = categories::list(&state.database)
        .await
        .map_err(|error| error::store(&error))?;
    let items = categories
        .into_iter()
        .map(|categories::Category { id, name, products }| Category { id, name, products })
        .collect();
    Ok(Json(Categories { items }))
}
