//! The checks of `verify`, one file each, and their order.
//!
//! A check is a file here and a line in `list.rs`. All of them run at the same time as far as they do not need each
//! other; what they write is removed at the end, or by the next run if this one is killed. What each depends on, that
//! is, what must be broken for it to fail:
//!
//! | check | depends on |
//! |---|---|
//! | `processes` | every process being there and ready |
//! | `storefront` | front door, frontend |
//! | `health` | front door, backend, PostgreSQL, Redis, ml-service (which only degrades it) |
//! | `catalogue` | front door, backend, PostgreSQL |
//! | `search` | front door, backend, PostgreSQL |
//! | `checkout` | front door, backend, PostgreSQL, Redis; walks the journey that others look at |
//! | `idempotency` | `checkout` |
//! | `order-rows` | `checkout`, PostgreSQL from inside |
//! | `cart-fate` | `checkout`, Redis from inside |
//! | `stock` | `checkout`, PostgreSQL from inside, the product cache |
//! | `declined-payment` | front door, backend, PostgreSQL, Redis, the payment provider's refusals |
//! | `recommendations` | front door, backend, PostgreSQL, Redis, ml-service and its model |
//! | `metrics` | `checkout`, `/metrics` of every service, ml-service and frontend having answered |
//! | `trace` | `checkout`, the logs of every service, ml-service and frontend having answered |
//! | `front-door` | the front door's routes |
//! | `foreign-orders` | `checkout` |
//! | `hostile-input` | front door, backend; its hostile quantities need a cart and are left out without one |
//! | `clean-up` | `POST /api/orders/{id}/cancel`, PostgreSQL and Redis from inside |
//!
//! What `checkout` itself does not depend on, such as the page or the recommendations, it keeps with its own trouble for
//! those checks that do. A check whose needs failed is skipped and says so.

mod cart_fate;
mod catalogue;
mod check;
mod checkout;
mod clean_up;
#[cfg(test)]
mod closed_shop;
pub mod cluster;
mod declined_payment;
mod foreign_orders;
mod front_door;
mod health;
mod hostile_input;
mod idempotency;
pub mod kube;
mod list;
mod metrics;
mod new_release;
mod open_metrics;
mod order_rows;
mod processes;
mod recommendations;
mod references;
mod round;
mod run;
mod search;
mod selection;
mod stock;
mod storefront;
mod trace;
mod trouble;
mod visit;

pub use new_release::new_release;
pub use run::{ensure_known, list, no_way_in, run};
