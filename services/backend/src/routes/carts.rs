//! Carts.

use axum::extract::State;
use http::StatusCode;
use kit::Problem;
use kit::extract::Json;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::body::Body;
use super::products;
use super::segment::Segments;
use crate::cache::carts::{self, Change, MOST_LINES, MOST_PIECES, Quantities};
use crate::error;
use crate::money::Money;
use crate::product::Product;
use crate::state::AppState;
use crate::store;

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(get))
        .routes(routes!(set))
}

/// A new cart.
#[derive(Debug, Serialize, ToSchema)]
struct CreatedCart {
    /// The cart's identifier. Whoever knows it can see and change the cart.
    id: Uuid,
}

/// A cart.
#[derive(Debug, Serialize, ToSchema)]
struct Cart {
    /// The cart's identifier.
    id: Uuid,
    /// What is in it, by product number.
    #[schema(max_items = 50)]
    items: Vec<CartLine>,
    /// The price of everything.
    total: Money,
}

/// A line of a cart.
#[derive(Debug, Serialize, ToSchema)]
struct CartLine {
    /// The product as it is now.
    product: Product,
    /// Pieces.
    #[schema(minimum = 1, maximum = 99, example = 2)]
    quantity: i32,
    /// The price of all pieces.
    line_total: Money,
}

/// How many pieces of a product.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Quantity {
    /// Pieces; 0 removes the product.
    #[serde(deserialize_with = "whole")]
    #[schema(minimum = 0, maximum = 99, example = 2)]
    quantity: i32,
}

/// JSON does not tell 2 from 2.0, and neither does JSON Schema.
fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    let number = f64::deserialize(deserializer)?;
    let is_whole =
        number.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number);
    if is_whole {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the number is whole and within the bounds of the type"
        )]
        Ok(number as i32)
    } else {
        Err(D::Error::custom("expected a whole number"))
    }
}

/// Makes an empty cart
#[utoipa::path(post, path = "/api/carts", operation_id = "create_cart", tag = "carts", responses(
    (status = 201, description = "The new cart", body = CreatedCart),
    (status = 503, description = "Carts are not available"),
))]
async fn create(State(state): State<AppState>) -> Result<(StatusCode, Json<CreatedCart>), Problem> {
    let created = carts::create(&state.cache, state.settings.cart_ttl_seconds).await;
    let id = created.map_err(|error| error::cache(&error))?;
    Ok((StatusCode::CREATED, Json(CreatedCart { id })))
}

/// A cart
#[utoipa::path(get, path = "/api/carts/{id}", operation_id = "get_cart", tag = "carts",
    params(("id" = Uuid, Path, description = "The cart")),
    responses(
        (status = 200, description = "The cart", body = Cart),
        (status = 404, description = "There is no such cart, or it has expired"),
        (status = 503, description = "Carts are not available"),
    ))]
async fn get(
    State(state): State<AppState>,
    Segments(id): Segments<Uuid>,
) -> Result<Json<Cart>, Problem> {
    let quantities = quantities(&state, id).await?;
    show(&state, id, &quantities).await
}

/// Sets the pieces of a product in a cart
#[utoipa::path(put, path = "/api/carts/{id}/items/{product_id}", operation_id = "set_cart_item", tag = "carts",
    params(
        ("id" = Uuid, Path, description = "The cart"),
        ("product_id" = i32, Path, description = "Number of the product", minimum = 1, example = 42),
    ),
    request_body = Quantity,
    responses(
        (status = 200, description = "The cart as it is now", body = Cart),
        (status = 400, description = "The request cannot be understood"),
        (status = 404, description = "There is no such cart or no such product"),
        (status = 422, description = "The quantity is out of bounds, or the cart is full"),
        (status = 503, description = "Carts are not available"),
    ))]
async fn set(
    State(state): State<AppState>,
    Segments((id, product)): Segments<(Uuid, i32)>,
    Body(Quantity { quantity }): Body<Quantity>,
) -> Result<Json<Cart>, Problem> {
    if !(0..=MOST_PIECES).contains(&quantity) {
        return Err(Problem::unprocessable(format!(
            "quantity must be between 0 and {MOST_PIECES}"
        )));
    }
    // What has left the catalogue can still be taken out of a cart; what no product is called cannot.
    if quantity > 0 || product < 1 {
        products::find(&state, product).await?;
    }
    let change = carts::set(
        &state.cache,
        id,
        product,
        quantity,
        state.settings.cart_ttl_seconds,
    )
    .await;
    match change.map_err(|error| error::cache(&error))? {
        Change::Done(quantities) => show(&state, id, &quantities).await,
        Change::NoCart => Err(no_cart()),
        Change::Full => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "cart-full",
            "The cart is full",
        )
        .detail(format!(
            "A cart holds at most {MOST_LINES} different products"
        ))),
    }
}

/// What is in the cart, or a problem.
pub(crate) async fn quantities(state: &AppState, id: Uuid) -> Result<Quantities, Problem> {
    let found = carts::get(&state.cache, id, state.settings.cart_ttl_seconds).await;
    found
        .map_err(|error| error::cache(&error))?
        .ok_or_else(no_cart)
}

fn no_cart() -> Problem {
    Problem::not_found().detail("There is no such cart")
}

/// Prices and stock come from the database, never from the cart.
async fn show(state: &AppState, id: Uuid, quantities: &Quantities) -> Result<Json<Cart>, Problem> {
    let ids: Vec<i32> = quantities.keys().copied().collect();
    let products = store::products::get_many(&state.database, &ids).await;
    let items: Vec<CartLine> = products
        .map_err(|error| error::store(&error))?
        .into_iter()
        .filter_map(|product| {
            let quantity = *quantities.get(&product.id)?;
            let line_total = product.price.times(quantity);
            Some(CartLine {
                product,
                quantity,
                line_total,
            })
        })
        .collect();
    let total = Money::euro_cents(items.iter().map(|line| line.line_total.amount).sum());
    Ok(Json(Cart { id, items, total }))
}
