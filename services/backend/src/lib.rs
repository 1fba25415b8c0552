//! The shop's public API: catalogue, search, carts, checkout and orders.
//!
//! PostgreSQL holds what must last, Redis holds carts and cached products, and ml-service is asked for recommendations
//! as long as it answers quickly. Routes know HTTP, stores know SQL, and [`checkout`] knows what a sale is.

#![expect(
    clippy::result_large_err,
    reason = "a problem is made at most once for a request, and boxes would be everywhere"
)]

pub mod app;
pub mod artwork;
pub mod body_limit;
pub mod cache;
pub mod checkout;
pub mod config;
pub mod customer;
pub mod error;
pub mod metrics;
pub mod money;
pub mod openapi;
pub mod payment;
pub mod product;
pub mod recommendation;
pub mod routes;
pub mod seed;
pub mod state;
pub mod store;
pub mod synthetic;
pub mod text;
pub mod token;
