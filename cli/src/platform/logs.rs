//! Log lines of the components.

use std::pin::Pin;

use futures_util::Stream;
use time::OffsetDateTime;

use super::Error;
use crate::plan::Component;

/// Which log lines are wanted.
#[derive(Debug, Clone)]
pub struct LogQuery {
    /// From these components.
    pub components: Vec<Component>,
    /// Not older than this.
    pub since: Option<OffsetDateTime>,
    /// At most this many of the newest lines that are there already; all when none.
    pub tail: Option<usize>,
    /// Go on with lines as they are written.
    pub follow: bool,
}

/// One line of one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When it was written.
    pub at: OffsetDateTime,
    /// Who wrote it.
    pub component: Component,
    /// In which pod; none where a component is one process.
    pub pod: Option<String>,
    /// The line as the component wrote it.
    pub text: String,
}

/// Log lines, oldest first. An error is about one source; the lines of the others go on.
pub type LogStream = Pin<Box<dyn Stream<Item = Result<LogLine, Error>> + Send>>;
