//! What is in the database: order lines to learn from, and the models that were learned.

mod connection;
mod models;
mod orders;

pub use self::connection::{Session, connect};
pub use self::models::{CHANNEL, Current, Publication, current, payload, publish, try_lock};
pub use self::orders::{MOST_ORDERS, paid_orders};
