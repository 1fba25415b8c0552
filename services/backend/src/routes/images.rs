//! `GET /api/products/{id}/image.svg`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue};
use kit::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::segment::Segments;
use crate::artwork;
use crate::error;
use crate::state::AppState;
use crate::store::products;

const MEDIA_TYPE: &str = "image/svg+xml";
/// Pictures change with a release at most.
const CACHING: &str = "public, max-age=86400, stale-while-revalidate=604800";

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(image))
}

/// A product's picture
#[utoipa::path(get, path = "/api/products/{id}/image.svg", operation_id = "get_product_image", tag = "catalogue",
    params(("id" = i32, Path, description = "Number of the product", minimum = 1, example = 42)),
    responses(
        (status = 200, description = "The picture", body = String, content_type = "image/svg+xml"),
        (status = 304, description = "The picture has not changed"),
        (status = 404, description = "There is no such product"),
        (status = 503, description = "The database is not available"),
    ))]
async fn image(
    State(state): State<AppState>,
    Segments(id): Segments<i32>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let found = products::artwork(&state.database, id)
        .await
        .map_err(|error| error::store(&error))?;
    let found = found.ok_or_else(|| Problem::not_found().detail("There is no such product"))?;
    let picture = artwork::draw(id, &found.motif, &found.category);
    let tag = picture.tag();
    let tag = HeaderValue::from_str(&tag).map_err(|_| Problem::internal())?;
    let fixed = [
        (ETAG, tag.clone()),
        (CACHE_CONTROL, HeaderValue::from_static(CACHING)),
    ];
    if headers.get(IF_NONE_MATCH) == Some(&tag) {
        return Ok((StatusCode::NOT_MODIFIED, fixed).into_response());
    }
    Ok((fixed, [(CONTENT_TYPE, MEDIA_TYPE)], picture.into_svg()).into_response())
}
