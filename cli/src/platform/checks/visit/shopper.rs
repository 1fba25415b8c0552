//! Somebody who buys through the front door.

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::JoinError;
use uuid::Uuid;

use super::answer::Answer;
use super::contract::{Cart, Order};
use super::request::Request;
use super::traceparent::Traceparent;
use super::visit::Visit;
use crate::platform::checks::trouble::Trouble;

/// The header that marks an order as synthetic.
const SYNTHETIC: &str = "Shopmicro-Synthetic";

/// A buyer whose requests belong to one trace and whose orders are synthetic.
pub struct Shopper<'a> {
    visit: &'a Visit<'a>,
    trace: Traceparent,
}

#[derive(Deserialize)]
struct OpenedCart {
    id: Uuid,
}

impl<'a> Shopper<'a> {
    /// A buyer under that trace.
    pub fn new(visit: &'a Visit<'a>, trace: Traceparent) -> Self {
        Self { visit, trace }
    }

    /// Reads a path.
    pub async fn get(&self, path: &str) -> Result<Answer, Trouble> {
        self.traced(self.visit.door.get(path)).send().await
    }

    /// Opens an empty cart.
    pub async fn open_cart(&self) -> Result<Uuid, Trouble> {
        let request = self.traced(self.visit.door.post("/api/carts"));
        let ledger = self.visit.ledger.clone();
        let opened = self.visit.ledger.write(async move {
            let OpenedCart { id } = request.send().await?.expect(201)?.json()?;
            ledger.cart(id);
            Ok(id)
        });
        opened.await.unwrap_or_else(|error| Err(lost(&error)))
    }

    /// Puts pieces of a product into a cart, whatever the answer.
    pub async fn put(&self, cart: Uuid, product: i32, quantity: i64) -> Result<Answer, Trouble> {
        let path = format!("/api/carts/{cart}/items/{product}");
        let request = self
            .visit
            .door
            .put(&path)
            .json(&json!({ "quantity": quantity }));
        self.traced(request).send().await
    }

    /// Opens a cart with these products and quantities.
    pub async fn fill_cart(&self, wanted: &[(i32, i64)]) -> Result<Uuid, Trouble> {
        let cart = self.open_cart().await?;
        for (product, quantity) in wanted {
            let answer = self.put(cart, *product, *quantity).await?;
            if !(200..300).contains(&answer.status) {
                answer.expect(200)?;
            }
        }
        Ok(cart)
    }

    /// Looks into a cart.
    pub async fn cart(&self, id: Uuid) -> Result<Cart, Trouble> {
        self.get(&format!("/api/carts/{id}")).await?.ok()
    }

    /// Sends a synthetic order, whatever the answer.
    pub async fn order(&self, key: &str, body: &Value) -> Result<Answer, Trouble> {
        let token = self.visit.shop.synthetic_token.reveal();
        let request = self
            .visit
            .door
            .post("/api/orders")
            .header("Idempotency-Key", key)
            .header(SYNTHETIC, token)
            .json(body);
        let request = self.traced(request);
        let ledger = self.visit.ledger.clone();
        let ordered = self.visit.ledger.write(async move {
            let answer = request.send().await?;
            let order = answer.json().ok().filter(|_| answer.status == 201);
            if let Some(Order {
                id,
                token: Some(token),
                ..
            }) = order
            {
                ledger.order(id, token);
            }
            Ok(answer)
        });
        ordered.await.unwrap_or_else(|error| Err(lost(&error)))
    }

    fn traced(&self, request: Request) -> Request {
        request.header("traceparent", &self.trace.header())
    }
}

/// The task of a request ended without its end.
fn lost(error: &JoinError) -> Trouble {
    Trouble::new(format!("a request was lost: {error}"), "shopctl verify")
}

/// The body of an order for a cart, paid with that token.
pub fn order_body(cart: Uuid, payment_token: &str) -> Value {
    json!({
        "cart_id": cart,
        "customer": {
            "name": "Verify Synthetic",
            "email": "verify@shopmicro.example",
            "address": {
                "line1": "1 Test Street",
                "postal_code": "10115",
                "city": "Berlin",
                "country": "DE"
            }
        },
        "payment_token": payment_token
    })
}
