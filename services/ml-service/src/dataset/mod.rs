//! Baskets: read from a file or a database, ordered by time, indexed for learning.

mod baskets;
mod corpus;
mod csv;
mod interactions;
mod timestamp;

pub use self::baskets::Baskets;
pub use self::corpus::Corpus;
pub use self::csv::{ReadError, read_csv};
pub use self::interactions::{Interactions, InteractionsBuilder};
pub use self::timestamp::parse_timestamp;
