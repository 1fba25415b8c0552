//! A shop for a test.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use backend::config::Settings;
use backend::payment::{PaymentProvider, Simulated};
use backend::state::AppState;
use backend::store::{Database, migrations};
use database::Address;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use kit::Secret;
use kit::testing::{Postgres, Redis};
use serde_json::{Value, json};
use tower::ServiceExt;

/// What marks orders as synthetic in tests.
pub const SYNTHETIC: &str = "synthetic-test-token";

/// Three products are enough for most tests: 1 costs 10.00 and there are 10, 2 costs 2.50 and there are 100, 3 is sold
/// out.
const PRODUCTS: &str = "\
    insert into categories (id, name, position) values ('kitchen', 'Kitchen', 1), ('garden', 'Garden', 2);
    insert into products (id, name, description, category, price_amount, stock) values
        (1, 'Bread knife', 'Cuts bread.', 'kitchen', 1000, 10),
        (2, 'Wooden spoon', 'Stirs soup.', 'kitchen', 250, 100),
        (3, 'Watering can', 'Waters plants; no knife.', 'garden', 3000, 0);";

/// A running shop, called without a network.
pub struct Shop {
    pub app: Router,
    pub state: AppState,
    pub redis: Redis,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Shop {
    /// With three products.
    pub async fn open() -> Self {
        Self::with(|_| {}, Arc::new(Simulated)).await
    }

    /// With settings and payments of the test's choice.
    pub async fn with(
        change: impl FnOnce(&mut Settings),
        payments: Arc<dyn PaymentProvider>,
    ) -> Self {
        let address = Postgres::shared().address();
        migrations::run(&address).await.unwrap();
        Database::connect_once(&address)
            .await
            .unwrap()
            .batch_execute(PRODUCTS)
            .await
            .unwrap();
        let redis = Redis::start();
        let mut settings = settings(&address, &redis.url());
        change(&mut settings);
        let state = AppState::with_payments(settings, payments).unwrap();
        let app = backend::app::app(state.clone());
        Self { app, state, redis }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    pub async fn json(&self, method: Method, path: &str, body: &Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    /// A new cart with these pieces by product.
    pub async fn cart(&self, items: &[(i32, i32)]) -> String {
        let created = self
            .send(Request::post("/api/carts").body(Body::empty()).unwrap())
            .await;
        assert_eq!(created.status, StatusCode::CREATED);
        let id = created.body["id"].as_str().unwrap().to_owned();
        for (product, quantity) in items {
            let path = format!("/api/carts/{id}/items/{product}");
            let set = self
                .json(Method::PUT, &path, &json!({"quantity": quantity}))
                .await;
            assert_eq!(set.status, StatusCode::OK, "{:?}", set.body);
        }
        id
    }

    pub async fn order(&self, key: &str, body: &Value) -> Answer {
        self.order_with(key, body, &[]).await
    }

    pub async fn order_with(&self, key: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::post("/api/orders")
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", key);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    /// `GET /api/orders/{id}` or, for POST, its cancellation.
    pub async fn with_bearer(&self, method: Method, path: &str, bearer: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(AUTHORIZATION, format!("Bearer {bearer}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub async fn stock(&self, product: i32) -> i32 {
        self.number(&format!("select stock from products where id = {product}"))
            .await
            .try_into()
            .unwrap()
    }

    /// The one number that a query returns.
    pub async fn number(&self, sql: &str) -> i64 {
        let connection = self.state.database.connection().await.unwrap();
        let sql = format!("select ({sql})::bigint");
        connection.query_one(&sql, &[]).await.unwrap().get(0)
    }

    pub async fn execute(&self, sql: &str) {
        self.state
            .database
            .connection()
            .await
            .unwrap()
            .batch_execute(sql)
            .await
            .unwrap();
    }

    /// Whether Redis has the key.
    pub async fn has_key(&self, key: &str) -> bool {
        let exists = self.state.cache.run(|mut redis| async move {
            redis::cmd("EXISTS")
                .arg(key)
                .query_async::<i64>(&mut redis)
                .await
        });
        exists.await.unwrap() == 1
    }
}

impl Answer {
    /// Asserts that this is a problem document of this kind.
    #[track_caller]
    pub fn assert_problem(&self, status: u16, code: &str) {
        assert_eq!(self.status.as_u16(), status, "{:?}", self.body);
        assert_eq!(self.headers[CONTENT_TYPE], "application/problem+json");
        assert_eq!(self.body["code"], code, "{:?}", self.body);
        assert_eq!(self.body["status"], status);
    }

    /// The numbers of the products in `items`.
    pub fn ids(&self) -> Vec<i64> {
        self.body["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].as_i64().unwrap())
            .collect()
    }
}

pub fn settings(database: &Address, redis_url: &str) -> Settings {
    Settings {
        release: "test".to_owned(),
        database: database.clone(),
        database_pool_size: 8,
        redis_url: Secret::new(redis_url),
        ml_service_url: None,
        ml_service_timeout: Duration::from_millis(50),
        cart_ttl_seconds: 600,
        product_cache_ttl_seconds: 60,
        synthetic_token: Some(Secret::new(SYNTHETIC)),
        payment_timeout: Duration::from_millis(100),
    }
}

/// A key that no other call has returned.
pub fn fresh_key() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("key-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A valid order of a cart.
pub fn purchase(cart: &str, payment_token: &str) -> Value {
    json!({
        "cart_id": cart,
        "customer": {
            "name": "Ada Example",
            "email": "ada@example.com",
            "address": {"line1": "Quiet Lane 12", "postal_code": "1010", "city": "Vienna", "country": "AT"},
        },
        "payment_token": payment_token,
    })
}
