//! The service against real PostgreSQL and Redis: each test has a database and a Redis of its own.

#![expect(
    clippy::doc_markdown,
    reason = "product names are written as their makers write them"
)]

mod binary;
mod browsing;
mod carts;
mod hostile;
mod idempotency;
mod migrating;
mod orders;
mod outage;
mod race;
mod recommending;
mod seeding;
mod shop;
