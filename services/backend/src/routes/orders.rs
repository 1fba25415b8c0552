//! Orders.

use axum::extract::State;
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use kit::Problem;
use kit::extract::Json;
use serde::Serialize;
use time::OffsetDateTime;
use tracing::Instrument;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::body::Body;
use super::segment::Segments;
use crate::cache::products as product_cache;
use crate::checkout::{self, OrderRequest};
use crate::customer::Customer;
use crate::error;
use crate::money::Money;
use crate::state::AppState;
use crate::store::{orders, sales};
use crate::{synthetic, token};

const IDEMPOTENCY_KEY: &str = "idempotency-key";
const LONGEST_KEY: usize = 255;

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(place))
        .routes(routes!(get))
        .routes(routes!(cancel))
}

/// An order.
#[derive(Debug, Serialize, ToSchema)]
struct Order {
    /// Number of the order.
    id: Uuid,
    /// Whether it stands.
    status: OrderStatus,
    /// When it was placed.
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// What was bought.
    items: Vec<OrderLine>,
    /// What was paid.
    total: Money,
    /// Who bought.
    customer: Customer,
}

/// An order that was just placed, with its secret.
#[derive(Debug, Serialize, ToSchema)]
struct PlacedOrder {
    /// Number of the order.
    id: Uuid,
    /// The bearer that opens the order. It is shown here only.
    token: String,
    /// Whether it stands.
    status: OrderStatus,
    /// When it was placed.
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// What was bought.
    items: Vec<OrderLine>,
    /// What was paid.
    total: Money,
    /// Who bought.
    customer: Customer,
}

/// A line of an order.
#[derive(Debug, Serialize, ToSchema)]
struct OrderLine {
    /// Number of the product.
    #[schema(minimum = 1, example = 42)]
    product_id: i32,
    /// What it is called.
    name: String,
    /// Pieces.
    #[schema(minimum = 1, example = 2)]
    quantity: i32,
    /// Price of one piece on the day of the order.
    unit_price: Money,
    /// Price of all pieces.
    line_total: Money,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum OrderStatus {
    Paid,
    Cancelled,
}

impl From<orders::Order> for Order {
    fn from(order: orders::Order) -> Self {
        let line = |line: orders::Line| OrderLine {
            product_id: line.product,
            name: line.name,
            quantity: line.quantity,
            line_total: line.unit_price.times(line.quantity),
            unit_price: line.unit_price,
        };
        Self {
            id: order.id,
            status: if order.cancelled {
                OrderStatus::Cancelled
            } else {
                OrderStatus::Paid
            },
            created_at: order.created_at,
            items: order.lines.into_iter().map(line).collect(),
            total: order.total,
            customer: order.customer,
        }
    }
}

impl PlacedOrder {
    fn new(order: Order, token: String) -> Self {
        let Order {
            id,
            status,
            created_at,
            items,
            total,
            customer,
        } = order;
        Self {
            id,
            token,
            status,
            created_at,
            items,
            total,
            customer,
        }
    }
}

/// Buys a cart
///
/// The same request with the same key is carried out once, however often it is sent, and is answered alike.
#[utoipa::path(post, path = "/api/orders", operation_id = "place_order", tag = "orders",
    params(
        ("Idempotency-Key" = String, Header, description = "Chosen by the client, new for each purchase",
            min_length = 1, max_length = 255, pattern = "^[!-~]{1,255}$", example = "d1f0a7c2-try"),
    ),
    request_body = OrderRequest,
    responses(
        (status = 201, description = "The order, with its bearer", body = PlacedOrder),
        (status = 400, description = "The request cannot be understood, or has no idempotency key"),
        (status = 402, description = "The payment was declined, or the bank did not answer; nothing has changed"),
        (status = 403, description = "The token for synthetic orders is wrong"),
        (status = 404, description = "There is no such cart, or it has expired"),
        (status = 409, description = "Too few pieces are left, a price has changed, or the cart has been ordered"),
        (status = 422, description = "A value is not acceptable, the cart is empty, or the key was used for another request"),
        (status = 503, description = "The shop cannot sell now; the same request may be sent again"),
    ))]
async fn place(
    State(state): State<AppState>,
    headers: HeaderMap,
    Body(request): Body<OrderRequest>,
) -> Result<(StatusCode, Json<PlacedOrder>), Problem> {
    let key = idempotency_key(&headers)?;
    let synthetic = synthetic::is_synthetic(&headers, state.settings.synthetic_token.as_ref())?;
    request.check()?;
    // A task of its own is carried to its end even if the buyer hangs up: no payment is left without its order.
    let work = async move { checkout::place(&state, &key, &request, synthetic).await };
    let outcome = tokio::spawn(work.in_current_span())
        .await
        .map_err(|error| {
            tracing::error!(%error, "the checkout ended early");
            Problem::internal()
        })?;
    let placed = outcome.map_err(error::checkout)?;
    Ok((
        StatusCode::CREATED,
        Json(PlacedOrder::new(placed.order.into(), placed.bearer)),
    ))
}

/// An order, for its buyer
///
/// Somebody else's order, an unknown one and a wrong bearer are all answered alike.
#[utoipa::path(get, path = "/api/orders/{id}", operation_id = "get_order", tag = "orders", security(("order_token" = [])),
    params(("id" = Uuid, Path, description = "Number of the order")),
    responses(
        (status = 200, description = "The order", body = Order),
        (status = 404, description = "There is no such order for this bearer"),
        (status = 503, description = "The database is not available"),
    ))]
async fn get(
    State(state): State<AppState>,
    Segments(id): Segments<Uuid>,
    headers: HeaderMap,
) -> Result<Json<Order>, Problem> {
    let bearer = bearer_hash(&headers)?;
    show(&state, id, &bearer).await
}

/// Cancels an order
///
/// What was bought goes back into stock, once; cancelling again changes nothing.
#[utoipa::path(post, path = "/api/orders/{id}/cancel", operation_id = "cancel_order", tag = "orders", security(("order_token" = [])),
    params(("id" = Uuid, Path, description = "Number of the order")),
    responses(
        (status = 200, description = "The cancelled order", body = Order),
        (status = 404, description = "There is no such order for this bearer"),
        (status = 503, description = "The database is not available"),
    ))]
async fn cancel(
    State(state): State<AppState>,
    Segments(id): Segments<Uuid>,
    headers: HeaderMap,
) -> Result<Json<Order>, Problem> {
    let bearer = bearer_hash(&headers)?;
    let work = {
        let state = state.clone();
        async move {
            let changed = sales::cancel(&state.database, id, &bearer).await?;
            if let Some(products) = changed.as_deref()
                && !products.is_empty()
            {
                checkout::void(&state, id).await;
                product_cache::invalidate(&state.cache, products).await;
                tracing::info!(order = %id, "order cancelled");
            }
            Ok(changed)
        }
    };
    let outcome = tokio::spawn(work.in_current_span())
        .await
        .map_err(|error| {
            tracing::error!(%error, "the cancellation ended early");
            Problem::internal()
        })?;
    outcome
        .map_err(|error| error::store(&error))?
        .ok_or_else(no_order)?;
    show(&state, id, &bearer).await
}

async fn show(state: &AppState, id: Uuid, bearer: &[u8]) -> Result<Json<Order>, Problem> {
    let order = orders::by_bearer(&state.database, id, bearer)
        .await
        .map_err(|error| error::store(&error))?;
    Ok(Json(order.ok_or_else(no_order)?.into()))
}

fn no_order() -> Problem {
    Problem::not_found().detail("There is no such order")
}

fn idempotency_key(headers: &HeaderMap) -> Result<String, Problem> {
    let value = headers
        .get(IDEMPOTENCY_KEY)
        .ok_or_else(|| Problem::bad_request("Idempotency-Key is missing"))?;
    let is_visible = |byte: &u8| byte.is_ascii_graphic();
    match value.to_str() {
        Ok(key)
            if (1..=LONGEST_KEY).contains(&key.len()) && key.as_bytes().iter().all(is_visible) =>
        {
            Ok(key.to_owned())
        }
        _ => Err(Problem::bad_request(format!(
            "Idempotency-Key must be 1 to {LONGEST_KEY} visible ASCII characters"
        ))),
    }
}

/// The hash of the presented bearer. Without one there is no such order, as for a wrong one.
fn bearer_hash(headers: &HeaderMap) -> Result<[u8; token::HASH_LENGTH], Problem> {
    let value = headers.get(AUTHORIZATION).ok_or_else(no_order)?;
    let (scheme, bearer) = value
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .ok_or_else(no_order)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(token::hash(bearer.trim().as_bytes()))
    } else {
        Err(no_order())
    }
}
