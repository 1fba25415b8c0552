//! How far the logs of the past were read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt as _;
use time::OffsetDateTime;

use super::source::{Run, Source};
use crate::platform::LogStream;

/// The moment of the last line of each run, whether it was told or is too far from the end for that.
#[derive(Debug, Clone, Default)]
pub struct Ends {
    moments: Arc<Mutex<HashMap<Run, OffsetDateTime>>>,
}

impl Ends {
    /// The same lines, which are noted as they go by.
    pub fn note(&self, source: &Source, lines: LogStream) -> LogStream {
        let (run, ends) = (source.run(), self.clone());
        let noted = lines.inspect(move |line| {
            if let Ok(line) = line {
                ends.moments().insert(run.clone(), line.at);
            }
        });
        noted.boxed()
    }

    /// Where a run's log ended; none where none of it was read.
    pub fn of(&self, run: &Run) -> Option<OffsetDateTime> {
        self.moments().get(run).copied()
    }

    fn moments(&self) -> std::sync::MutexGuard<'_, HashMap<Run, OffsetDateTime>> {
        self.moments.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
