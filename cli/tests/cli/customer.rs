//! Somebody who buys through the front door.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

/// A buyer with an HTTP client of their own.
#[derive(Debug)]
pub struct Customer {
    runtime: Runtime,
    client: Client,
    url: String,
}

/// An answer of the shop.
#[derive(Debug)]
pub struct Answer {
    /// The status code; 0 when there was no answer.
    pub status: u16,
    /// The body; null when it is no JSON.
    pub body: Value,
}

/// An order that was answered with 201.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The order.
    pub id: Uuid,
    /// What its owner shows to see it.
    pub token: String,
}

impl Customer {
    /// A buyer at the shop with that address.
    pub fn of(url: &str) -> Self {
        let client = Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(10))
            // A connection that a killed process has left half open must not be used again.
            .pool_max_idle_per_host(0)
            .build()
            .unwrap();
        Self {
            runtime: Builder::new_current_thread().enable_all().build().unwrap(),
            client,
            url: url.to_owned(),
        }
    }

    /// Reads a path.
    pub fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path))
    }

    /// Reads a path as text.
    pub fn text(&self, path: &str) -> String {
        let request = self.request(Method::GET, path);
        self.runtime
            .block_on(async { request.send().await?.text().await })
            .unwrap()
    }

    /// Buys one piece of a product; none when any step of it was not answered as it should be.
    pub fn try_buy(&self, product: i32) -> Option<Receipt> {
        let cart = self.send(self.request(Method::POST, "/api/carts"));
        let cart = cart.body["id"].as_str()?.to_owned();
        let line = format!("/api/carts/{cart}/items/{product}");
        let quantity = json!({ "quantity": 1 });
        let added = self.send(self.request(Method::PUT, &line).json(&quantity));
        if added.status != 200 {
            return None;
        }
        let order = self
            .request(Method::POST, "/api/orders")
            .header("Idempotency-Key", Uuid::new_v4().to_string())
            .json(&order(&cart));
        let answer = self.send(order);
        (answer.status == 201).then(|| Receipt {
            id: answer.body["id"].as_str().unwrap().parse().unwrap(),
            token: answer.body["token"].as_str().unwrap().to_owned(),
        })
    }

    /// Buys one piece of the first product.
    pub fn buy(&self) -> Receipt {
        self.try_buy(1).expect("the shop sells")
    }

    /// The order as its owner sees it.
    pub fn order(&self, receipt: &Receipt) -> Answer {
        let path = format!("/api/orders/{}", receipt.id);
        self.send(self.request(Method::GET, &path).bearer_auth(&receipt.token))
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    fn send(&self, request: RequestBuilder) -> Answer {
        self.runtime.block_on(async {
            let Ok(response) = request.send().await else {
                return Answer {
                    status: 0,
                    body: Value::Null,
                };
            };
            let status = response.status().as_u16();
            let body = response.bytes().await;
            // Without its whole body an answer says nothing: the order may or may not have been placed.
            let status = if body.is_ok() { status } else { 0 };
            let body = serde_json::from_slice(&body.unwrap_or_default()).unwrap_or_default();
            Answer { status, body }
        })
    }
}

fn order(cart: &str) -> Value {
    json!({
        "cart_id": cart,
        "customer": {
            "name": "Ada Example",
            "email": "ada@shop.example",
            "address": {
                "line1": "2 Example Road",
                "postal_code": "10115",
                "city": "Berlin",
                "country": "DE"
            }
        },
        "payment_token": "tok_ok"
    })
}
