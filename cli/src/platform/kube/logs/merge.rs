//! Several logs as one.

use futures_util::future::join_all;
use futures_util::{FutureExt as _, StreamExt as _, stream};

use crate::platform::{Error, LogLine, LogStream};

/// One log and its next line.
struct Log {
    rest: LogStream,
    next: Option<Result<LogLine, Error>>,
}

impl Log {
    async fn look(&mut self) {
        if self.next.is_none() {
            self.next = self.rest.next().await;
        }
    }
}

/// All lines, oldest first; each log must be in order by itself. Only one line of each is held.
pub fn merge(logs: Vec<LogStream>) -> LogStream {
    let logs: Vec<_> = logs
        .into_iter()
        .map(|rest| Log {
            rest: rest.fuse().boxed(),
            next: None,
        })
        .collect();
    stream::unfold(logs, |mut logs| {
        async move {
            join_all(logs.iter_mut().map(Log::look)).await;
            logs.retain(|log| log.next.is_some());
            let first = logs.iter_mut().min_by_key(|log| match &log.next {
                Some(Ok(line)) => Some(line.at),
                // What went wrong is told at once.
                _ => None,
            })?;
            let line = first.next.take()?;
            Some((line, logs))
        }
        .boxed()
    })
    .boxed()
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;
    use crate::plan::Component;

    fn log(pod: &str, seconds: &[i64]) -> LogStream {
        let lines: Vec<_> = seconds
            .iter()
            .map(|second| {
                Ok(LogLine {
                    at: OffsetDateTime::from_unix_timestamp(*second).unwrap(),
                    component: Component::Backend,
                    pod: Some(pod.to_owned()),
                    text: second.to_string(),
                })
            })
            .collect();
        stream::iter(lines).boxed()
    }

    #[tokio::test]
    async fn lines_of_all_logs_are_in_order() {
        let merged = merge(vec![
            log("a", &[1, 4, 5]),
            log("b", &[2, 3, 6]),
            log("c", &[]),
        ]);
        let lines: Vec<_> = merged.map(|line| line.unwrap()).collect().await;
        let texts: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["1", "2", "3", "4", "5", "6"]);
        assert_eq!(lines[1].pod.as_deref(), Some("b"));
    }
}
