//! Somebody who buys through the front door.

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::Answer;
use super::contract::{Cart, Order};
use super::door::Request;
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
        let answer = self
            .traced(self.visit.door.post("/api/carts"))
            .send()
            .await?;
        let OpenedCart { id } = answer.expect(201)?.json()?;
        self.visit.ledger.cart(id);
        Ok(id)
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
        let answer = self.traced(request).send().await?;
        if answer.status == 201
            && let Ok(Order {
                id,
                token: Some(token),
                ..
            }) = answer.json()
        {
            self.visit.ledger.order(id, token);
        }
        Ok(answer)
    }

    fn traced(&self, request: Request) -> Request {
        request.header("traceparent", &self.trace.header())
    }
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
