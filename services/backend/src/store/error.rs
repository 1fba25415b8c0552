//! Why the database could not do what it was asked.

use deadpool_postgres::PoolError;
use tokio_postgres::error::SqlState;

/// An error of the database or of the way to it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, is too busy, or ended the statement; the caller may try again.
    #[error("PostgreSQL is not available: {0}")]
    Unavailable(String),
    /// The database refused a statement: a bug.
    #[error("PostgreSQL refused a statement: {}", chain(.0))]
    Refused(tokio_postgres::Error),
    /// The connection was lost during `COMMIT`, so the outcome is unknown.
    #[error("PostgreSQL did not confirm the commit: {0}")]
    Unconfirmed(String),
    /// Somebody else migrates or seeds and comes to no end. The words after the colon are PostgreSQL's own.
    #[error(
        "another migration or seed has held its lock for more than {seconds} s: canceling statement due to lock \
         timeout; it is held by {holder}; end it with `select pg_terminate_backend(<process>)` if it is stuck"
    )]
    Locked {
        /// How long it was waited for.
        seconds: u64,
        /// Who holds it.
        holder: String,
    },
    /// The schema could not be brought up to date.
    #[error(transparent)]
    Migration(#[from] Box<refinery::Error>),
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        if error.is_closed() || error.code().is_none_or(is_passing) {
            Self::Unavailable(chain(&error))
        } else {
            Self::Refused(error)
        }
    }
}

impl From<PoolError> for StoreError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => Self::Unavailable(chain(&error)),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

/// Whether the same statement may succeed a moment later.
fn is_passing(code: &SqlState) -> bool {
    const CLASSES: [&str; 4] = ["08", "40", "53", "57"];
    code == &SqlState::LOCK_NOT_AVAILABLE
        || CLASSES.iter().any(|class| code.code().starts_with(class))
}

/// The error with its causes: the driver's own text is only "db error".
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
