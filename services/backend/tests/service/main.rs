//! The service against real PostgreSQL and Redis: each test has a database and a Redis of its own.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

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
mod slow;
