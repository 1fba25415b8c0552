//! All routes together, and what applies to each of them.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use kit::Problem;
use utoipa_axum::router::OpenApiRouter;

use crate::body_limit::{LARGEST_BODY, refuse_announced};
use crate::openapi;
use crate::routes::{
    carts, categories, description, health, images, orders, products, recommendations,
};
use crate::state::AppState;

/// Longest time for one request. Every wait inside is shorter; this catches a dependency that hangs in other ways.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// The shop's API.
pub fn app(state: AppState) -> Router {
    let (router, _) = routes().split_for_parts();
    router
        .merge(description::router(openapi::text()))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn(refuse_announced))
        .layer(from_fn(limit_time))
        .with_state(state)
}

/// The routes with their descriptions.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(openapi::head())
        .merge(health::router())
        .merge(categories::router())
        .merge(products::router())
        .merge(images::router())
        .merge(recommendations::router())
        .merge(carts::router())
        .merge(orders::router())
}

async fn limit_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST_TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::unavailable("The shop did not answer in time", 1).into_response(),
    }
}
