//! The record of an operation, written before each side effect.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Error, Fence};

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "entry")]
pub enum Entry {
    /// A step is about to begin.
    Step {
        /// The step's stable name.
        name: String,
    },
    /// Roles, schema, catalogue and model are complete for that release.
    DataReady {
        /// The release.
        release: String,
    },
    /// The operation came to its end.
    Finished {
        /// Why it ended: `done`, or the error.
        outcome: String,
    },
}

/// An open operation. Dropping it releases the lock.
#[async_trait]
pub trait Journal: Send {
    /// Writes one entry so that it survives the end of this process.
    async fn record(&mut self, entry: &Entry) -> Result<(), Error>;

    /// Gives the lock up and leaves the record as it is. A lock that ends with its value has nothing to do.
    async fn release(&mut self) -> Result<(), Error> {
        Ok(())
    }

    /// What work under the lock goes through, so that it does not outlast it. A lock that cannot be lost lets all through.
    fn fence(&self) -> Fence {
        Fence::default()
    }
}
