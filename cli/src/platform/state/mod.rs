//! What `shopctl` keeps on disk between two calls, so that a killed call never needs a repair by hand.

pub mod durable;
pub mod lock;
pub mod open_journal;
pub mod password;
