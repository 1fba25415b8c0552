//! One visit of `verify` to a running shop: its ways in, what it wrote there, and the journey that checks share.

mod answer;
mod clean_up;
mod connection;
mod contract;
mod door;
mod journey;
mod ledger;
mod patience;
mod raw;
mod request;
mod shopper;
mod stock;
mod stores;
mod sweep;
mod traceparent;
#[expect(clippy::module_inception, reason = "a file is named by its noun")]
mod visit;

pub use answer::Answer;
pub use contract::{Categories, Health, Order, POPULARITY, Product, ProductPage, Recommendations};
pub use door::Door;
pub use journey::Journey;
pub use patience::{eventually, twice};
pub use raw::{announce, raw_get};
pub use request::Request;
pub use shopper::{Shopper, order_body};
pub use stock::{Pieces, unreadable};
pub use visit::Visit;
